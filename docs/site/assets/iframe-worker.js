// The search runs in a worker, which browsers do not start from a file. Where the site is opened from a folder, a hidden
// frame takes the worker's place: it loads the worker's script, and messages go to and fro between the two windows.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      this.onmessage = null
      this.onerror = null
      this.waiting = []
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      this.frame.setAttribute("aria-hidden", "true")
      this.receive = event => {
        if (event.source !== this.frame.contentWindow) return
        const told = new MessageEvent("message", { data: event.data })
        this.dispatchEvent(told)
        if (this.onmessage) this.onmessage(told)
      }
      window.addEventListener("message", this.receive)
      const begin = () => {
        document.body.appendChild(this.frame)
        const inside = this.frame.contentDocument
        inside.open()
        inside.write(
          "<!doctype html><title>search</title><script>" +
            "const outer = parent; window.postMessage = data => outer.postMessage(data, '*');" +
            "window.importScripts = (...urls) => Promise.all(urls.map(url => new Promise((done, failed) => {" +
            "const script = document.createElement('script'); script.src = url; script.onload = done;" +
            "script.onerror = failed; document.head.appendChild(script) })))" +
            '</scr' + 'ipt><script src="' + url + '"></scr' + 'ipt>'
        )
        inside.close()
        const ready = () => {
          this.deliver = data =>
            this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data, source: window }))
          this.waiting.splice(0).forEach(this.deliver)
        }
        if (inside.readyState === "complete") ready()
        else this.frame.contentWindow.addEventListener("load", ready)
      }
      if (document.body) begin()
      else document.addEventListener("DOMContentLoaded", begin)
    }

    postMessage(data) {
      if (this.deliver) this.deliver(data)
      else this.waiting.push(data)
    }

    terminate() {
      window.removeEventListener("message", this.receive)
      this.frame.remove()
    }
  }
}
