"""When each wave will be ready."""
