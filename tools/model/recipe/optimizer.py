"""Muon for the matrices (orthogonalised momentum), Adam for embeddings and norms."""

import torch


@torch.no_grad()
def orthogonal(g, dtype):
    """Newton-Schulz iteration towards the nearest orthogonal matrix (Jordan et al., 2024)."""
    x = g.to(dtype)
    flip = x.shape[0] > x.shape[1]
    x = x.t() if flip else x
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.t()
        b = -4.7750 * a + 2.0315 * (a @ a)
        x = 3.4445 * x + b @ x
    return (x.t() if flip else x).float()


class Optimizer:
    def __init__(self, model, lr=0.02, adam_lr=0.003, decay=0.02, dtype=torch.float32):
        self.lr, self.adam_lr, self.decay, self.dtype = lr, adam_lr, decay, dtype
        self.matrices, self.rest = [], [model.embed, model.norm.weight]
        for b in model.blocks:
            self.matrices += [(b.qkv, 3), (b.out, 1), (b.gate_up, 2), (b.down, 1)]
            self.rest += [b.attn_norm.weight, b.ffn_norm.weight]
        self.buf = [torch.zeros_like(p) for p, _ in self.matrices]
        self.m = [torch.zeros_like(p) for p in self.rest]
        self.v = [torch.zeros_like(p) for p in self.rest]
        self.t = 0

    def share(self):
        for t in (*self.buf, *self.m, *self.v):
            t.share_memory_()

    @torch.no_grad()
    def step(self, scale, rank=0, ranks=1):
        """Updates this rank's share of the parameters, which all ranks hold in shared memory."""
        self.t += 1
        mom = min(0.95, 0.85 + 0.1 * self.t / 200)
        for (p, parts), buf in list(zip(self.matrices, self.buf))[rank::ranks]:
            buf.lerp_(p.grad, 1 - mom)
            g = p.grad.lerp(buf, mom)
            for q, h in zip(p.chunk(parts), g.chunk(parts)):
                q.mul_(1 - self.lr * scale * self.decay)
                q.add_(orthogonal(h, self.dtype), alpha=-self.lr * scale * max(1, h.shape[0] / h.shape[1]) ** 0.5)
        for p, m, v in list(zip(self.rest, self.m, self.v))[rank::ranks]:
            m.lerp_(p.grad, 0.1)
            v.lerp_(p.grad.square(), 0.02)
            mh, vh = m / (1 - 0.9**self.t), v / (1 - 0.98**self.t)
            p.add_(mh / (vh.sqrt() + 1e-8), alpha=-self.adam_lr * scale)

    def state(self):
        return {"buf": self.buf, "m": self.m, "v": self.v, "t": self.t}

    def load(self, s):
        for mine, theirs in ((self.buf, s["buf"]), (self.m, s["m"]), (self.v, s["v"])):
            for a, b in zip(mine, theirs):
                a.copy_(b)
        self.t = s["t"]
