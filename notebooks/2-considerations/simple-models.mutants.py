"""What each check of 2-considerations/simple-models is killed by; see tools/proofs.py."""

MUTANTS = []  # TODO one for each system and each claim of kind holds or result
