"""Packs the fingerprints of every question that training saw into seed/model/trained-questions.bin, for check-separation.ts.

    python3 record.py run critic-run
    python3 record.py --add run     # weights that went on from the committed ones: what those had seen stays recorded
"""

import glob
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


RECORD = os.path.join(HERE, "..", "..", "..", "seed", "model", "trained-questions.bin")


def recorded():
    """What the record holds: ascending numbers, each as its distance to the one before, seven bits a byte."""
    at, shift, out, delta = 0, 0, [], 0
    with open(RECORD, "rb") as f:
        for byte in f.read():
            delta |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                at += delta
                out.append(at)
                delta = shift = 0
    return np.array(out, np.uint64)


def main():
    runs = [a for a in sys.argv[1:] if a != "--add"]
    files = [f for run in runs for f in glob.glob(os.path.join(run, "asked-*.bin"))]
    if not files:
        sys.exit(f"There is no asked-*.bin in {' or '.join(runs) or 'no folder at all'}: name the folders that train.py wrote.")
    # 48-bit fingerprints, of which the record keeps the first 32: a chance match is one question in 10,000.
    marks = np.unique(np.concatenate([np.fromfile(f, np.uint64) for f in files]) >> np.uint64(16))
    if "--add" in sys.argv:
        marks = np.union1d(marks, recorded())
    out = bytearray()
    for delta in np.diff(marks, prepend=np.uint64(0)).tolist():
        while delta >= 128:
            out.append(delta & 127 | 128)
            delta >>= 7
        out.append(delta)
    with open(RECORD, "wb") as f:
        f.write(out)
    print(len(marks), "questions,", len(out), "bytes")


if __name__ == "__main__":
    main()
