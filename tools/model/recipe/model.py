"""The transformer: Llama architecture, trained on branches that share a prefix.

Many questions are asked about one schema. `forward` therefore takes groups: one prefix (system message)
and K branches (question and answer) that see the prefix and themselves, never each other. The prefix is
computed once a group, which is what makes training on two CPU cores affordable.
"""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    vocab: int
    width: int = 192
    layers: int = 6
    heads: int = 4
    hidden: int = 512
    context: int = 2048
    rope_base: float = 10000.0
    eps: float = 1e-5

    @property
    def head(self):
        return self.width // self.heads

    def dict(self):
        return asdict(self)


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return Norm.apply(x, self.weight, self.eps)


class Norm(torch.autograd.Function):
    """RMS norm with a hand-written backward: half the memory traffic of the composed one."""

    @staticmethod
    def forward(ctx, x, weight, eps):
        r = torch.rsqrt(torch.linalg.vector_norm(x, dim=-1, keepdim=True).square_().div_(x.shape[-1]).add_(eps))
        n = x * r
        ctx.save_for_backward(n, r, weight)
        return (n * weight).to(COMPUTE["dtype"])

    @staticmethod
    def backward(ctx, grad):
        n, r, weight = ctx.saved_tensors
        grad = grad.float()
        g = grad * weight
        dw = (grad * n).sum(0)
        dot = (g * n).mean(-1, keepdim=True)
        return (g - n * dot).mul_(r), dw, None


class SwiGLU(torch.autograd.Function):
    """silu(gate) * up of the two halves, with a backward of vectorised products (silu's own is slow in bf16)."""

    @staticmethod
    def forward(ctx, y):
        gate, up = y.chunk(2, dim=-1)
        s = torch.sigmoid(gate)
        h = gate * s
        ctx.save_for_backward(s, h, up)
        return h * up

    @staticmethod
    def backward(ctx, grad):
        s, h, up = ctx.saved_tensors
        out = grad.new_empty(grad.shape[0], 2 * grad.shape[1])
        d_gate, d_up = out.chunk(2, dim=-1)
        torch.mul(grad, h, out=d_up)
        torch.mul(s + h - h * s, grad * up, out=d_gate)
        return out


COMPUTE = {"dtype": torch.float32}


def linear(x, weight):
    return F.linear(x, weight.to(x.dtype))


def rope_tables(positions, head, base):
    freq = base ** (-torch.arange(0, head, 2, device=positions.device).float() / head)
    angle = positions.float().unsqueeze(-1) * freq
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    """x (T, heads, head), halves rotated together; export permutes to llama.cpp's interleaved pairs."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.attn_norm = RMSNorm(c.width, c.eps)
        self.qkv = nn.Parameter(torch.empty(3 * c.width, c.width))
        self.out = nn.Parameter(torch.empty(c.width, c.width))
        self.ffn_norm = RMSNorm(c.width, c.eps)
        self.gate_up = nn.Parameter(torch.empty(2 * c.hidden, c.width))
        self.down = nn.Parameter(torch.empty(c.width, c.hidden))

    def forward(self, x, s):
        y = linear(self.attention(self.attn_norm(x), s), self.out)
        x = x + y
        return x + linear(SwiGLU.apply(linear(self.ffn_norm(x), self.gate_up)), self.down)

    def attention(self, x, s):
        c, (G, P, K, L) = self.c, s["shape"]
        n = G * P
        # unbind and split rather than slices: a slice's gradient is a zeroed whole, filled, then added to the others.
        q, k, v = linear(x, self.qkv).view(-1, 3, c.heads, c.head).unbind(1)
        (q0, q1), (k0, k1), (v0, v1) = (t.split([n, t.shape[0] - n]) for t in (rotate(q * (1 / math.sqrt(c.head)), s["cos"], s["sin"]), rotate(k, s["cos"], s["sin"]), v))
        # prefix: (G*H, P, head)
        def lay(t, count):
            return t.view(G, count, c.heads, c.head).transpose(1, 2).reshape(G * c.heads, count, c.head)
        outs = []
        if P:
            qp, kp, vp = lay(q0, P), lay(k0, P), lay(v0, P)
            a = torch.bmm(qp, kp.transpose(1, 2)).view(G, c.heads, P, P) + s["prefix_mask"]
            o = torch.bmm(a.softmax(-1).view(G * c.heads, P, P), vp)
            outs.append(o.view(G, c.heads, P, c.head).transpose(1, 2).reshape(n, c.width))
        qb, kb, vb = lay(q1, K * L), lay(k1, K * L), lay(v1, K * L)
        own = lambda t: t.reshape(G * c.heads * K, L, c.head)
        scores = torch.bmm(own(qb), own(kb).transpose(1, 2)).view(G, c.heads, K, L, L)
        if P:
            far = torch.bmm(qb, kp.transpose(1, 2)).view(G, c.heads, K, L, P)
            if s["far_mask"] is not None:
                far = far + s["far_mask"]
            scores = torch.cat((far, scores + s["own_mask"]), dim=-1)
        else:
            scores = scores + s["own_mask"]
        a = scores.softmax(-1)
        far, near = a.split([P, L], -1)
        o = torch.bmm(near.reshape(G * c.heads * K, L, L), own(vb)).view(G * c.heads, K * L, c.head)
        if P:
            o = o + torch.bmm(far.reshape(G * c.heads, K * L, P), vp)
        outs.append(o.view(G, c.heads, K * L, c.head).transpose(1, 2).reshape(G * K * L, c.width))
        return torch.cat(outs)


class Model(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.embed = nn.Parameter(torch.empty(c.vocab, c.width))
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.norm = RMSNorm(c.width, c.eps)
        self.reset()

    def reset(self):
        nn.init.normal_(self.embed, std=0.02)
        for b in self.blocks:
            for p in (b.qkv, b.gate_up):
                nn.init.normal_(p, std=self.c.width**-0.5)
            for p in (b.out, b.down):
                nn.init.normal_(p, std=p.shape[1] ** -0.5 / math.sqrt(2 * self.c.layers))

    def forward(self, prefix, prefix_len, branch, select=None):
        """prefix (G, P) padded right, prefix_len (G,), branch (G, K, L) padded right.

        Returns logits of the branch positions in `select` (flat indices into G*K*L), or of all.
        """
        (G, P), (_, K, L) = prefix.shape, branch.shape
        dev, dtype = branch.device, COMPUTE["dtype"]
        pos = torch.cat((torch.arange(P, device=dev).expand(G, P).reshape(-1),
                         (prefix_len[:, None, None] + torch.arange(L, device=dev)).expand(G, K, L).reshape(-1)))
        cos, sin = rope_tables(pos, self.c.head, self.c.rope_base)
        causal = lambda n: torch.full((n, n), -1e4, device=dev).triu(1)
        live = torch.arange(P, device=dev)[None] < prefix_len[:, None]
        far = torch.zeros(G, 1, 1, 1, P, device=dev).masked_fill(~live[:, None, None, None], -1e4)
        s = {"shape": (G, P, K, L), "cos": cos[:, None].to(dtype), "sin": sin[:, None].to(dtype),
             "prefix_mask": causal(P).to(dtype) if P else None,
             "far_mask": None if bool(live.all()) else far.to(dtype), "own_mask": causal(L).to(dtype)}
        x = F.embedding(torch.cat((prefix.reshape(-1), branch.reshape(-1))), self.embed)
        for b in self.blocks:
            x = b(x, s)
        x = x[G * P:]
        if select is not None:
            x = x[select]
        return linear(self.norm(x), self.embed)
