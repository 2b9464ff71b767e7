"""Reads an exported GGUF back into a checkpoint, for `train.py --start` where no checkpoint is left.

    python3 from_gguf.py ../../../seed/model/plumbline-tiny.gguf start.pt [--gguf-py DIR]

Q8_0 has rounded the weights (to a 127th of the largest of 32), and the optimizer's state is lost.
"""

import argparse
import os
import sys

import numpy as np
import torch

import model as M
from export import find_gguf


def halves(w, heads):
    """The inverse of export.py's interleave: neighbouring pairs back to halves, head by head."""
    n = w.shape[0] // heads
    return w.reshape(heads, n // 2, 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def weights_of(tensors, c):
    """The trainer's names and joined matrices from llama.cpp's tensors (name -> float32 array)."""
    yield "embed", tensors["token_embd.weight"]
    yield "norm.weight", tensors["output_norm.weight"]
    for i in range(c.layers):
        t = {k.split(".")[2]: v for k, v in tensors.items() if k.startswith(f"blk.{i}.")}
        yield f"blocks.{i}.attn_norm.weight", t["attn_norm"]
        yield f"blocks.{i}.ffn_norm.weight", t["ffn_norm"]
        yield f"blocks.{i}.qkv", np.concatenate((halves(t["attn_q"], c.heads), halves(t["attn_k"], c.heads), t["attn_v"]))
        yield f"blocks.{i}.gate_up", np.concatenate((t["ffn_gate"], t["ffn_up"]))
        yield f"blocks.{i}.out", t["attn_output"]
        yield f"blocks.{i}.down", t["ffn_down"]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("gguf")
    p.add_argument("checkpoint")
    p.add_argument("--gguf-py")
    a = p.parse_args()
    sys.path.insert(0, find_gguf(a.gguf_py))
    import gguf

    tensors = {t.name: gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float32) for t in gguf.GGUFReader(a.gguf).tensors}
    c = M.Config(vocab=tensors["token_embd.weight"].shape[0])
    net = M.Model(c)
    net.load_state_dict({k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in weights_of(tensors, c)})
    state = net.state_dict()
    torch.save({"raw": state, "mean": state, "step": 0, "config": c.dict()}, a.checkpoint)
    print(os.path.basename(a.checkpoint), sum(v.numel() for v in state.values()), "weights")


if __name__ == "__main__":
    main()
