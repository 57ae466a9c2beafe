"""Ctrl-C that stops at a step boundary (chapter 4-models/supervised-learning)."""

import signal
import threading


class Interrupt:
    """Ctrl-C asks for a stop at the next step boundary; a second Ctrl-C stops at once."""

    def __init__(self):
        self.requested = False

    def __enter__(self):
        self.usable = threading.current_thread() is threading.main_thread()
        if self.usable:
            self.previous = signal.signal(signal.SIGINT, self.request)
        return self

    def request(self, number, frame):
        """Note the first Ctrl-C, raise on the second.

        Parameters
        ----------
        number, frame : as Python calls the handler of a signal; not used
        """
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True

    def __exit__(self, *error):
        if self.usable:
            signal.signal(signal.SIGINT, self.previous)
