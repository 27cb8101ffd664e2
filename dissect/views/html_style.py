"""The style sheets of what notebooks show: light and dark, as the page or the notebook's own theme is."""

from __future__ import annotations

import re

__all__ = ["DIFFERENCES_STYLE", "FRAME_STYLE", "TABLE_STYLE", "style"]

_LIGHT = (
    "--paper:#ffffff;--text:#1b1f24;--faint:#57606a;--line:#d0d7de"
    ";--lit:#ffd84d;--ink:#16181d;--edge:#7a5c00;--before:#a33b00;--after:#005a9c"
)
_DARK = (
    "--paper:#15181d;--text:#e6e9ed;--faint:#9aa4af;--line:#3a424c"
    ";--lit:#ffd84d;--ink:#16181d;--edge:#fff2b8;--before:#ffb08a;--after:#8ac7ff"
)


def style(rules: str, more: str = "") -> str:
    """Return a style element with the colours of both themes and these rules, in which `&` is what is styled."""
    scope, _, rules = rules.partition("\n")
    themes = (
        f"{scope}{{{_LIGHT}}}"
        f"@media(prefers-color-scheme:dark){{{scope}{{{_DARK}}}}}"
        # JupyterLab and its exports say which theme they have; so does Visual Studio Code.
        f"[data-jp-theme-light=true] {scope},.vscode-light {scope}{{{_LIGHT}}}"
        f"[data-jp-theme-light=false] {scope},.vscode-dark {scope}{{{_DARK}}}"
    )
    return f"<style>{themes}{_important(rules.replace('&', scope).replace(chr(10), '') + more)}</style>"


def _important(rules: str) -> str:
    """Return the rules so that the style sheets of notebooks, which dress every table and list, don't undo them."""
    return re.sub(r";(?=[^{}]*\})|(?=\})", lambda match: f"!important{match[0]}", rules.replace(";}", "}"))


FRAME_STYLE = """.dissect-frame
&{display:flex;flex-wrap:wrap;gap:1rem;padding:.6rem;background:var(--paper);color:var(--text);
border:1px solid var(--line);font:13px/1.45 ui-monospace,monospace;text-align:left}
& .tree{flex:1 1 24rem;overflow-wrap:anywhere;min-width:0}
& .bytes{flex:0 0 auto;align-self:flex-start;position:sticky;top:.5rem;white-space:pre;max-width:100%;overflow-x:auto}
& ul{list-style:none;margin:0;padding:0 0 0 1.2rem}
& li,& p{margin:0}
& p,& b{color:var(--faint);font-weight:normal}
& summary{cursor:pointer;font-weight:bold}
& .bytes div{display:flex;gap:1.5ch;line-height:1.45}
& .bytes div>span:first-of-type{min-width:47ch}
& i{font-style:normal}
& [data-severity]::before{content:"⚠ "}
& :focus{outline:2px solid var(--edge)}
& .tree [class]:is(:hover,:focus),& i:is(:hover,:focus){background:var(--lit);color:var(--ink)}
"""

TABLE_STYLE = """.dissect-list
&{padding:.6rem;background:var(--paper);color:var(--text);border:1px solid var(--line);
font:13px/1.45 ui-monospace,monospace;text-align:left;overflow-x:auto}
& table{border-collapse:collapse;margin:0;width:100%;table-layout:auto;font-size:13px}
& th,& td{text-align:left;padding:.1rem .5rem;white-space:pre;background:none;color:inherit;max-width:none}
& th{border-bottom:1px solid var(--line)}
& caption{text-align:left;color:var(--faint);padding-bottom:.3rem}
& tbody{display:none}
& fieldset{border:0;margin:.4rem 0 0;padding:0}
& label{margin-right:.8rem;white-space:nowrap}
& input:focus{outline:2px solid var(--edge)}
"""

DIFFERENCES_STYLE = """.dissect-differences
&{padding:.6rem;background:var(--paper);color:var(--text);border:1px solid var(--line);
font:13px/1.45 ui-monospace,monospace;text-align:left;overflow-x:auto}
& table{border-collapse:collapse;margin:0;width:100%;table-layout:auto;font-size:13px}
& th,& td{text-align:left;padding:.15rem .5rem;vertical-align:top;background:none;color:inherit}
& tr{border-top:1px solid var(--line);background:none}
& caption{text-align:left;color:var(--faint);padding-bottom:.3rem}
& .before::before{content:"− "}
& .after::before{content:"+ "}
& tr:is(.before,.after)::before{content:none}
& .before{color:var(--before)}
& .after{color:var(--after)}
& .so{color:var(--faint)}
& .so td:nth-child(2){padding-left:2rem}
& pre{margin:0;background:none;color:inherit}
& mark{background:var(--lit);color:var(--ink)}
"""
