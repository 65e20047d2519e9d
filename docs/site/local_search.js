// SPDX-License-Identifier: BSL-1.0
//
// Search in a site that is opened as files, without a server. A browser then lets a page neither fetch the index nor
// start a worker: the index comes as a script, and the worker's program runs in a hidden frame.
if (location.protocol === "file:") {
  const site = new URL("..", document.currentScript.src);

  const load = (page, source) => new Promise((done, failed) => {
    const script = page.createElement("script");
    script.onload = done;
    script.onerror = failed;
    script.src = source;
    page.head.appendChild(script);
  });

  const index = load(document, new URL("search/search_index.js", site)).then(() => window.search_index);
  window.__search = { index };

  window.Worker = class extends EventTarget {
    constructor(program) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.ready = load(frame.contentDocument, program);
    }
    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
    }
    terminate() {}
  };
}
