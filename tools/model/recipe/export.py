"""Writes a checkpoint as GGUF, with its tokenizer and chat template.

    python3 export.py run/last.pt ../../../seed/model/plumbline-tiny.gguf --name plumbline-tiny [--type q8_0] [--gguf-py DIR]

gguf-py comes from llama.cpp's own source. Without --gguf-py it is cloned from the bundle that the npm package
node-llama-cpp carries (node_modules/node-llama-cpp/llama/gitRelease.bundle).
"""

import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch

import model as M
from tokenizer import SPECIAL, Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def find_gguf(folder):
    if folder:
        return folder
    at = HERE
    while not os.path.exists(bundle := os.path.join(at, "node_modules/node-llama-cpp/llama/gitRelease.bundle")):
        if at == os.path.dirname(at):
            sys.exit("No gguf-py: pass --gguf-py DIR, or run npm ci so that node-llama-cpp's source bundle is there.")
        at = os.path.dirname(at)
    clone = os.path.join(tempfile.gettempdir(), "plumbline-llama.cpp")
    if not os.path.exists(os.path.join(clone, "gguf-py")):
        subprocess.run(["git", "clone", "-q", bundle, clone], check=True)
    return os.path.join(clone, "gguf-py")


def interleave(w, heads):
    """llama.cpp rotates neighbouring pairs, training rotated halves: reorder the rows of each head."""
    n = w.shape[0] // heads
    return w.reshape(heads, 2, n // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def tensors(weights, c):
    yield "token_embd.weight", weights["embed"]
    yield "output_norm.weight", weights["norm.weight"]
    for i in range(c.layers):
        w = {k.split(".", 2)[2]: v for k, v in weights.items() if k.startswith(f"blocks.{i}.")}
        q, k, v = np.split(w["qkv"], 3)
        gate, up = np.split(w["gate_up"], 2)
        for name, t in (("attn_norm", w["attn_norm.weight"]), ("attn_q", interleave(q, c.heads)), ("attn_k", interleave(k, c.heads)), ("attn_v", v), ("attn_output", w["out"]),
                        ("ffn_norm", w["ffn_norm.weight"]), ("ffn_gate", gate), ("ffn_up", up), ("ffn_down", w["down"])):
            yield f"blk.{i}.{name}.weight", t


def main():
    p = argparse.ArgumentParser()
    p.add_argument("checkpoint")
    p.add_argument("out")
    p.add_argument("--name", default="plumbline-tiny")
    p.add_argument("--type", default="q8_0", choices=["f32", "f16", "q8_0"])
    p.add_argument("--gguf-py")
    p.add_argument("--raw", action="store_true", help="the last weights, not their running mean")
    a = p.parse_args()
    sys.path.insert(0, find_gguf(a.gguf_py))
    import gguf

    s = torch.load(a.checkpoint, map_location="cpu")
    c = M.Config(**s["config"])
    weights = {k: v.float().numpy() for k, v in s["raw" if a.raw else "mean"].items()}
    tok = Tokenizer.load(os.path.join(HERE, "tokenizer.json"))
    w = gguf.GGUFWriter(a.out, "llama")
    w.add_name(a.name)
    w.add_description("A narrow, tiny model for Plumbline's tests: text to SQL, routing, repair, extraction, small talk, critique.")
    w.add_license("MIT")
    w.add_size_label(f"{sum(v.size for v in weights.values()) / 1e6:.1f}M")
    w.add_context_length(c.context)
    w.add_embedding_length(c.width)
    w.add_block_count(c.layers)
    w.add_feed_forward_length(c.hidden)
    w.add_head_count(c.heads)
    w.add_head_count_kv(c.heads)
    w.add_rope_dimension_count(c.head)
    w.add_rope_freq_base(c.rope_base)
    w.add_layer_norm_rms_eps(c.eps)
    w.add_vocab_size(c.vocab)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("deepseek-coder")
    w.add_token_list(tok.tokens)
    w.add_token_types([gguf.TokenType.CONTROL if t in SPECIAL else gguf.TokenType.NORMAL for t in tok.tokens])
    w.add_token_merges([f"{x} {y}" for x, y in tok.merges])
    w.add_eos_token_id(tok.end)
    w.add_eot_token_id(tok.end)
    w.add_bos_token_id(tok.ids["<|im_start|>"])
    w.add_pad_token_id(tok.pad)
    w.add_add_bos_token(False)
    w.add_chat_template(TEMPLATE)
    kinds = {"f32": gguf.GGMLQuantizationType.F32, "f16": gguf.GGMLQuantizationType.F16, "q8_0": gguf.GGMLQuantizationType.Q8_0}
    w.add_file_type({"f32": 0, "f16": 1, "q8_0": 7}[a.type])
    for name, t in tensors(weights, c):
        if t.ndim == 1:
            w.add_tensor(name, np.ascontiguousarray(t, dtype=np.float32))
        else:
            kind = kinds[a.type]
            w.add_tensor(name, gguf.quants.quantize(np.ascontiguousarray(t, dtype=np.float32), kind), raw_dtype=kind)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(a.out, os.path.getsize(a.out), "bytes; step", s["step"])


if __name__ == "__main__":
    main()
