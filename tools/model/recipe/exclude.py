"""Writes excluded.json: fingerprints of every hand-worded question, so that training can skip them without reading them.

    python3 exclude.py ../../../seed/questions ../../../seed/documents

Run it whenever the hand-worded questions change, before training.
"""

import json
import os
import sys

from batches import fingerprint

HERE = os.path.dirname(os.path.abspath(__file__))


def questions(value):
    if isinstance(value, dict):
        for k, v in value.items():
            if k == "question" and isinstance(v, str):
                yield v
            else:
                yield from questions(v)
    elif isinstance(value, list):
        for v in value:
            yield from questions(v)


def main():
    found = set()
    for folder, _, files in (step for root in sys.argv[1:] for step in os.walk(root)):
        for f in files:
            if f.endswith(".json"):
                with open(os.path.join(folder, f)) as h:
                    found.update(fingerprint(q) for q in questions(json.load(h)))
    with open(os.path.join(HERE, "excluded.json"), "w") as h:
        json.dump([f"{x:012x}" for x in sorted(found)], h, indent=0)
    print(len(found), "questions excluded")


if __name__ == "__main__":
    main()
