"""The HTTP service: extraction over the network, with batching across requests, limits and a page to try it."""
