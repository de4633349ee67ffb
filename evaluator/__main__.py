"""`evaluator` and `python -m evaluator`: nothing is imported before Ctrl+C is answered in one line."""

import sys


def start() -> int:
    """Run the command line; the exit code."""
    try:
        from evaluator.cli.main import INTERRUPTED, main
    except KeyboardInterrupt:
        return 130  # nothing has begun, not even the language is known
    try:
        return main()
    except KeyboardInterrupt:
        return INTERRUPTED  # a second one, while the first was being answered


if __name__ == "__main__":
    sys.exit(start())
