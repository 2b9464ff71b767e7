"""Byte-level BPE in llama.cpp's format (tokenizer "gpt2", pre-tokenizer "deepseek-coder").

Two choices make copying easy. Merges are learnt on words without their leading space, so a value is the
same tokens in a question and between quotes in SQL; and this pre-tokenizer, unlike GPT-2's, knows no English
contractions, so 'shipped' is not cut into 's and hipped. Only a fixed list of common words owns its space.
"""

import json
import re
import sys
import unicodedata
from collections import Counter

SPECIAL = ["<|im_start|>", "<|im_end|>", "<|pad|>"]


def byte_letters():
    keep = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    out, n = {}, 0
    for b in range(256):
        if b in keep:
            out[b] = chr(b)
        else:
            out[b] = chr(256 + n)
            n += 1
    return out


BYTES = byte_letters()
LETTERS = {v: k for k, v in BYTES.items()}
SPACE = BYTES[32]


def char_class(prefix):
    """The characters of a Unicode category, as the inside of a regular-expression class."""
    ranges, start, last = [], None, None
    for cp in range(sys.maxunicode + 1):
        if unicodedata.category(chr(cp)).startswith(prefix):
            if start is None:
                start = cp
            last = cp
        elif start is not None:
            ranges.append((start, last))
            start = None
    return "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in ranges)


L, P, N = char_class("L"), char_class("P"), char_class("N")
SPLITS = [re.compile(x) for x in ("[\r\n]", rf"\s?[{L}]+", rf"\s?[{P}]+", "[一-龥ࠀ-一가-퟿]+", f"[{N}]")]
SPECIALS = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")


def fragments(text):
    parts = [text]
    for rx in SPLITS:
        out = []
        for part in parts:
            at = 0
            for m in rx.finditer(part):
                if m.start() > at:
                    out.append(part[at:m.start()])
                out.append(m.group())
                at = m.end()
            if at < len(part):
                out.append(part[at:])
        parts = out
    return parts


def letters(text):
    return [BYTES[b] for b in text.encode()]


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.rank = {m: i for i, m in enumerate(self.merges)}
        self.tokens = [BYTES[b] for b in range(256)]
        seen = set(self.tokens)
        for a, b in self.merges:
            if a + b not in seen:
                seen.add(a + b)
                self.tokens.append(a + b)
        self.tokens += SPECIAL
        self.ids = {t: i for i, t in enumerate(self.tokens)}
        self.cache = {}

    @property
    def end(self):
        return self.ids["<|im_end|>"]

    @property
    def pad(self):
        return self.ids["<|pad|>"]

    def piece(self, frag):
        got = self.cache.get(frag)
        if got is None:
            word = letters(frag)
            while len(word) > 1:
                best = min(range(len(word) - 1), key=lambda i: self.rank.get((word[i], word[i + 1]), 1 << 30))
                if (word[best], word[best + 1]) not in self.rank:
                    break
                word[best:best + 2] = [word[best] + word[best + 1]]
            got = [self.ids[w] for w in word]
            if len(self.cache) < 200000:
                self.cache[frag] = got
        return got

    def encode(self, text):
        out = []
        for part in SPECIALS.split(text):
            if part in SPECIAL:
                out.append(self.ids[part])
            elif part:
                for line in self.lines(part):
                    out += line
        return out

    def lines(self, part):
        for f in fragments(part):
            yield self.piece(f)

    def decode(self, ids):
        return bytes(b for i in ids for b in ([LETTERS[c] for c in self.tokens[i]] if self.tokens[i] not in SPECIAL else self.tokens[i].encode())).decode(errors="replace")

    def save(self, path):
        with open(path, "w") as f:
            json.dump({"merges": [" ".join(m) for m in self.merges]}, f, ensure_ascii=False, indent=0)

    @staticmethod
    def load(path):
        with open(path) as f:
            return Tokenizer([m.split(" ") for m in json.load(f)["merges"]])


def learn(words, count, whole, spaced):
    """Merges: `count` learnt from words (text -> weight), then `whole` words made single tokens, then their spaced forms."""
    vocab = {w: letters(w) for w in words}
    merges, have = [], set()

    def apply(a, b):
        merges.append((a, b))
        have.add((a, b))
        for w, s in vocab.items():
            i = 0
            while i < len(s) - 1:
                if s[i] == a and s[i + 1] == b:
                    s[i:i + 2] = [a + b]
                i += 1

    for _ in range(count):
        pairs = Counter()
        for w, s in vocab.items():
            for a, b in zip(s, s[1:]):
                pairs[a, b] += words[w]
        if not pairs:
            break
        best = max(pairs.items(), key=lambda p: (p[1], p[0]))[0]
        apply(*best)
    for w in whole:
        vocab.setdefault(w, None)
        s = Tokenizer(merges)
        vocab[w] = [s.tokens[i] for i in s.piece(w)]
    for w in whole:
        while len(vocab[w]) > 1:
            apply(vocab[w][0], vocab[w][1])
    for w in spaced:
        t = Tokenizer(merges)
        parts = [t.tokens[i] for i in t.piece(w)]
        if len(parts) == 1 and (SPACE, parts[0]) not in have:
            apply(SPACE, parts[0])
    return merges
