"""`python -m tests.documents`: writes what the code knows better into the documents."""

import click

from tests.documents import write

if __name__ == "__main__":
    changed = list(write())
    click.echo("\n".join(changed) or "The documents are current.")
