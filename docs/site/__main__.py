"""Builds the site into `build/site`, and checks it: `python -m docs.site`, which `make docs` runs."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

from docs.site.assembly import ROOT, assemble, navigation
from docs.site.checks import faults_of_site

SITE = ROOT / "build" / "site"


def main() -> int:
    """Build and check; the exit status is 1 where something is wrong, which is told."""
    warnings = logging.StreamHandler(sys.stderr)
    warnings.setLevel(logging.WARNING)
    warnings.setFormatter(logging.Formatter("docs: %(message)s"))
    logging.getLogger("mkdocs").addHandler(warnings)
    assemble()
    config = load_config(str(Path(__file__).parent / "mkdocs.yml"), nav=navigation())
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    except MkDocsException as error:
        print(f"docs: {error}", file=sys.stderr)
        return 1
    finally:
        config.plugins.on_shutdown()
    faults = faults_of_site(SITE)
    for fault in faults:
        print(f"docs: {fault}", file=sys.stderr)
    if faults:
        return 1
    count = sum(1 for _ in SITE.rglob("*.html"))
    print(f"build/site/index.html and {count - 1} more pages, no link of which is broken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
