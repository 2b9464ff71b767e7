"""Answers from a passage."""

from chatml import ASK, system, user
from reading import pairs_of, passage

EXTRACT_SYSTEM = "Answer the question from the passage, or say: I do not know.\n"


def extract(r, k):
    text, asked = passage(r, k)
    while len(asked) < k:
        asked += asked[: k - len(asked)] or passage(r, k)[1]
    return system(EXTRACT_SYSTEM + text), [(user(q) + ASK, a, q) for q, a in asked[:k]]


def pairs(r, k):
    """The least of reading, many questions for little text: short lists, one word of which is asked for."""
    text, asked = pairs_of(r, k)
    return system(EXTRACT_SYSTEM + text), [(user(q) + ASK, a, q) for q, a in asked]
