"""Writers of formats that other programs read; ``registry`` names them all."""
