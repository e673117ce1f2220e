"""Runs the course on JupyterHub."""
