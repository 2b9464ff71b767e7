"""Answers from a passage."""

from chatml import ASK, system, user
from reading import passage

EXTRACT_SYSTEM = "Answer the question from the passage, or say: I do not know.\n"


def extract(r, k):
    text, asked = passage(r, k)
    while len(asked) < k:
        asked += asked[: k - len(asked)] or passage(r, k)[1]
    return system(EXTRACT_SYSTEM + text), [(user(q) + ASK, a, q) for q, a in asked[:k]]
