"""Packs the fingerprints of every question that training saw into ../trained-questions.bin, for check-separation.ts.

    python3 record.py run critic-run
"""

import glob
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    files = [f for run in sys.argv[1:] for f in glob.glob(os.path.join(run, "asked-*.bin"))]
    # 48-bit fingerprints, of which the record keeps the first 32: a chance match is one question in 10,000.
    marks = np.unique(np.concatenate([np.fromfile(f, np.uint64) for f in files]) >> np.uint64(16))
    out = bytearray()
    for delta in np.diff(marks, prepend=np.uint64(0)).tolist():
        while delta >= 128:
            out.append(delta & 127 | 128)
            delta >>= 7
        out.append(delta)
    with open(os.path.join(HERE, "..", "trained-questions.bin"), "wb") as f:
        f.write(out)
    print(len(marks), "questions,", len(out), "bytes")


if __name__ == "__main__":
    main()
