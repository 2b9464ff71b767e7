"""Trains the model, resumably. Learning rate: short warm-up, level, then a linear fall from --decay-from to --steps.

    python3 train.py --out run --steps 5000 --decay-from 3800
    python3 train.py --out critic --mix critic --start run/last.pt --steps 500 --decay-from 0

A run is a function of its arguments: text comes from (seed, step, rank), so stopping and resuming changes nothing.
Two ranks (processes) of one thread each share the work of a step. On a busy machine that is far faster than
one process of two threads, whose every operation waits for the slower thread. `--ranks` changes the batch.
"""

import argparse
import multiprocessing as mp
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import batches
import model as M
from optimizer import Optimizer
from tokenizer import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
WEIGHT = {"sql": 1.0, "extract": 0.9, "repair": 0.6, "route": 0.8, "small_talk": 0.6, "revise": 0.5, "critic": 1.0, "recall": 0.6, "pairs": 1.0}


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--out", required=True)
    p.add_argument("--steps", type=int, required=True)
    p.add_argument("--decay-from", type=int, required=True)
    p.add_argument("--mix", default="main", choices=list(batches.MIX))
    p.add_argument("--start", help="weights to begin from")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--lr", type=float, default=0.02, help="of the matrices; the embedding's is 0.15 of it")
    p.add_argument("--take-mean", action="store_true", help="go on from the running mean of the weights, not the last ones")
    p.add_argument("--ranks", type=int, default=2)
    p.add_argument("--save-seconds", type=float, default=120)
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--until", type=float, default=0, help="stop early, resumably, at this epoch second")
    return p.parse_args()


def scale(step, a, warm=40):
    if step < warm:
        return (step + 1) / warm
    if step < a.decay_from:
        return 1.0
    return max(0.0, (a.steps - step) / max(1, a.steps - a.decay_from))


def save(path, **what):
    torch.save(what, path + ".new")
    os.replace(path + ".new", path)


class Shared:
    """What the ranks hold in common: parameters, optimizer state, each rank's gradients, and a barrier."""

    def __init__(self, a, tok):
        self.tok = tok
        torch.manual_seed(a.seed)
        self.net = M.Model(M.Config(vocab=len(tok.tokens))).to(a.device)
        self.opt = Optimizer(self.net, lr=a.lr, adam_lr=0.15 * a.lr, dtype=torch.bfloat16)
        self.params = list(self.net.parameters())
        self.step = 0
        last = os.path.join(a.out, "last.pt")
        if os.path.exists(last):
            s = torch.load(last, map_location=a.device)
            self.net.load_state_dict(s["mean" if a.take_mean else "raw"])
            self.opt.load(s["opt"])
            self.mean, self.step = s["mean"], s["step"]
        else:
            if a.start:
                self.net.load_state_dict(torch.load(a.start, map_location=a.device)["mean"])
            self.mean = {k: v.clone() for k, v in self.net.state_dict().items()}
        self.grads = [torch.zeros(sum(p.numel() for p in self.params)) for _ in range(a.ranks)]
        if a.ranks > 1:
            self.net.share_memory()
            self.opt.share()
            for g in self.grads:
                g.share_memory_()
        self.meet = mp.get_context("fork").Barrier(a.ranks)


def backward(net, parts, a, totals):
    seen = 0
    for task, b in parts:
        t = {k: torch.from_numpy(v).to(a.device) for k, v in b.items()}
        loss = F.cross_entropy(net(t["prefix"], t["prefix_len"], t["branch"], t["where"]).float(), t["target"])
        (loss * WEIGHT[task]).backward()
        n, s = totals.get(task, (0, 0.0))
        totals[task] = (n + 1, s + loss.item())
        seen += b["branch"].shape[0] * b["branch"].shape[1]
    return seen


def exchange(s, a, rank):
    """Every rank ends with the mean of all ranks' gradients."""
    if a.ranks == 1:
        return
    torch.cat([p.grad.reshape(-1) for p in s.params], out=s.grads[rank])
    s.meet.wait()
    total = sum(s.grads[1:], s.grads[0]) / a.ranks
    at = 0
    for p in s.params:
        p.grad = total[at:at + p.numel()].view_as(p)
        at += p.numel()


def run(rank, s, a):
    torch.set_num_threads(1 if a.ranks > 1 else os.cpu_count())
    M.COMPUTE["dtype"] = torch.bfloat16
    asked_file = os.path.join(a.out, f"asked-{rank}.bin")
    asked = set(np.fromfile(asked_file, np.uint64).tolist()) if s.step and os.path.exists(asked_file) else set()
    log = open(os.path.join(a.out, f"log-{rank}.txt"), "a")
    began = saved = time.time()
    step, seen, totals = s.step, 0, {}
    while step < a.steps:
        steps, new = batches.round_of(f"{a.seed}/{rank}", step // batches.ROUND, s.tok, a.mix)
        asked |= new
        for parts in steps[step % batches.ROUND:]:
            seen += backward(s.net, parts, a, totals)
            exchange(s, a, rank)
            s.opt.step(scale(step, a), rank, a.ranks)
            s.net.zero_grad(set_to_none=True)
            step += 1
            s.meet.wait()
            if step % 4 == 0 and rank == 0:
                for k, v in s.net.state_dict().items():
                    s.mean[k].lerp_(v, 1 - min(0.98, (1 + step) / (10 + step)))
            if step >= a.steps:
                break
        if step // batches.ROUND % 2 == 0 or step >= a.steps:
            sec = time.time() - began
            print(f"step {step} lr {scale(step, a):.3f} {sec:.0f}s {seen / sec:.1f} examples/s " + " ".join(f"{k} {v / n:.4f}" for k, (n, v) in sorted(totals.items())), file=log, flush=True)
            totals = {}
        # Every rank must decide alike, so the stop is a file that rank 0 leaves before the barrier.
        flag = os.path.join(a.out, "stop")
        if rank == 0 and a.until and time.time() > a.until:
            open(flag, "w").close()
        s.meet.wait()
        stop = step >= a.steps or os.path.exists(flag)
        if stop or time.time() - saved > a.save_seconds:
            np.array(sorted(asked), np.uint64).tofile(asked_file)
            if rank == 0:
                save(os.path.join(a.out, "last.pt"), raw=s.net.state_dict(), mean=s.mean, opt=s.opt.state(), step=step, config=s.net.c.dict())
            saved = time.time()
        s.meet.wait()
        if stop:
            break
    if rank == 0 and os.path.exists(os.path.join(a.out, "stop")):
        os.remove(os.path.join(a.out, "stop"))


def main():
    a = arguments()
    os.makedirs(a.out, exist_ok=True)
    s = Shared(a, Tokenizer.load(os.path.join(HERE, "tokenizer.json")))
    others = [mp.get_context("fork").Process(target=run, args=(r, s, a), daemon=True) for r in range(1, a.ranks)]
    for p in others:
        p.start()
    run(0, s, a)
    for p in others:
        p.join(60)


if __name__ == "__main__":
    main()
