"""Fine-tuning on accelerate, driven by typed Hydra configurations."""
