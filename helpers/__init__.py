"""The small package under the executable survey.

=============  ==========================================================
room           what is in it
=============  ==========================================================
``notebook``   start a chapter, check a claim, show a helper's source
``methods``    ways of training with less, shifted or noisy data
``agents``     reinforcement learning
``interpret``  questions to a trained model
``train``      the engine: one loop for everything in the book
``models``     architectures, one family a file
``data``       embedded, cited and simulated data, splits, your own data
``plots``      figures: arrays in, axes out
``metrics``    numbers that say how good a prediction is
``ground``     devices and random numbers
=============  ==========================================================

Importing ``helpers`` imports nothing else; each room is imported by its full path.
"""

__version__ = "0.1.0"
