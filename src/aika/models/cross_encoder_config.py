"""What a cross-encoder's ``config.json`` says of it."""

from pydantic import BaseModel


class CrossEncoderConfig(BaseModel):
    """What is read of the file. The number of layers and heads matters only where a graph is built from weights."""

    model_type: str = "bert"
    hidden_act: str = "gelu"
    num_hidden_layers: int = 0
    num_attention_heads: int = 0
    max_position_embeddings: int = 512
    layer_norm_eps: float = 1e-12
    position_embedding_type: str = "absolute"
    pad_token_id: int | None = 0
