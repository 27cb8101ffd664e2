// Frames and lists in rendered notebooks follow the reader's choice of light or dark, as they do in Jupyter.
const follow = () => {
  const isLight = document.body.getAttribute("data-md-color-scheme") !== "slate"
  document.body.setAttribute("data-jp-theme-light", String(isLight))
}
follow()
new MutationObserver(follow).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
