"""The engine that loads a partner's return by its definition: `dataset.yaml`, look-ups, and nothing written for it."""
