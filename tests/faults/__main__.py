"""Run families, or single cases, alone: python -m tests.faults [FAMILY [PART OF A CASE'S NAME]]."""

import sys
import traceback

from tests.faults import calls, checkpoints, masks, pictures, scores, sequences, tables
from tests.faults.judge import FAULTS, judge

ROOMS = (calls, scores, checkpoints, tables, sequences, pictures, masks)


def main(family="", part=""):
    import helpers

    print(helpers.__file__)
    for room in ROOMS:
        for name, cases in room.FAMILIES.items():
            if family not in name:
                continue
            chosen = [case for case in cases() if part in case.name]
            seen = [(case, *judge(case)) for case in chosen]
            bad = [row for row in seen if row[1] in FAULTS]
            print(f"== {name}: {len(bad)} of {len(chosen)} fail")
            for case, outcome, what in bad:
                print(f"   {outcome}: {case.name}: {what}")
            if part and len(chosen) == 1:
                try:
                    import tempfile
                    from pathlib import Path

                    print("value:", chosen[0].do(Path(tempfile.mkdtemp())))
                except Exception:
                    traceback.print_exc()


if __name__ == "__main__":
    main(*sys.argv[1:])
