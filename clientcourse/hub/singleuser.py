"""JupyterHub's own server for one person, at work in half the time.

The hub runs this instead of `jupyterhub-singleuser`: when a whole class comes at once, what counts
is how much each server computes before it is there.
"""

from __future__ import annotations

from clientcourse.imports import for_good, import_fast


def main() -> None:
    """Become the server."""
    import_fast()
    with for_good():
        from jupyterhub.singleuser import main as serve  # noqa: PLC0415 - only now it is fast
    serve()


if __name__ == "__main__":
    main()
