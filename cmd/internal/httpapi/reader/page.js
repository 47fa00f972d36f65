"use strict";

// Draws the OpenAPI document of this server. Text is only ever set as text.
const el = (tag, props, ...children) => {
  const node = Object.assign(document.createElement(tag), props || {});
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};

const name = (ref) => ref.slice(ref.lastIndexOf("/") + 1);

// kind says in a few words what a schema takes.
const kind = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return name(schema.$ref);
  if (schema.oneOf) return schema.oneOf.map(kind).join(" or ");
  if (schema.enum) return schema.enum.join(" | ");
  const type = [].concat(schema.type || "anything").join(" or ");
  if (schema.items) return "list of " + kind(schema.items);
  return schema.format ? type + " (" + schema.format + ")" : type;
};

const example = (param) => {
  const list = (param.schema && param.schema.examples) || [];
  return list.length ? String(list[0]) : "";
};

// tryIt builds the form of a question: the address it makes can be opened or asked here.
const tryIt = (path, params, inputs) => {
  const link = el("a", { target: "_blank", rel: "noopener" });
  const out = el("pre", { hidden: true });
  const build = () => {
    let url = path;
    const query = new URLSearchParams();
    for (const p of params) {
      const value = inputs.get(p.name).value.trim();
      if (p.in === "path") url = url.replace("{" + p.name + "}", encodeURIComponent(value || example(p)));
      else if (p.in === "query" && value) query.set(p.name, value);
    }
    const tail = query.toString();
    link.href = url + (tail ? "?" + tail : "");
    link.textContent = "GET " + link.getAttribute("href");
  };
  for (const input of inputs.values()) input.addEventListener("input", build);
  build();
  const button = el("button", { type: "button", textContent: "Try it" });
  button.addEventListener("click", async () => {
    out.hidden = false;
    out.textContent = "…";
    try {
      const answer = await fetch(link.href);
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it is */ }
      const heads = ["foedus-seq", "etag", "cache-control", "link"]
        .map((h) => (answer.headers.get(h) ? h + ": " + answer.headers.get(h) + "\n" : "")).join("");
      out.textContent = answer.status + " " + answer.statusText + "\n" + heads + "\n" + shown.slice(0, 200000);
    } catch (error) {
      out.textContent = String(error);
    }
  });
  return el("div", {}, el("p", {}, button, " ", link), out);
};

const operation = (path, method, op) => {
  const params = (op.parameters || []).filter((p) => p.in !== "header");
  const inputs = new Map();
  const box = el("article", { id: op.operationId },
    el("h2", {}, el("span", { className: "method " + method, textContent: method.toUpperCase() }), el("code", { textContent: path })),
    el("p", { textContent: op.summary || "" }),
    op.description ? el("p", { textContent: op.description }) : null);
  if (params.length) {
    const rows = params.map((p) => {
      const input = el("input", { placeholder: example(p), ariaLabel: p.name, value: p.in === "path" ? example(p) : "" });
      inputs.set(p.name, input);
      return el("tr", {},
        el("td", {}, el("code", { textContent: p.name }), p.required ? el("span", { className: "required", textContent: " *" }) : null),
        el("td", {}, method === "get" ? input : ""),
        el("td", { textContent: kind(p.schema) }),
        el("td", { textContent: p.description || "" }));
    });
    box.append(el("table", {}, el("tbody", {}, ...rows)));
  }
  const answers = Object.entries(op.responses || {}).map(([code, r]) => {
    const what = Object.entries(r.content || {}).map(([type, m]) => type + ": " + kind(m.schema)).join("; ");
    return el("li", { textContent: code + " " + (r.description || "") + (what ? " (" + what + ")" : "") });
  });
  box.append(el("details", {}, el("summary", { textContent: "Answers" }), el("ul", {}, ...answers)));
  if (method === "get") box.append(tryIt(path, params, inputs));
  return box;
};

const schema = (title, s) => {
  const rows = Object.entries(s.properties || {}).map(([field, p]) => el("tr", {},
    el("td", {}, el("code", { textContent: field })), el("td", { textContent: kind(p) }), el("td", { textContent: p.description || "" })));
  return el("details", { id: "schema-" + title },
    el("summary", {}, el("code", { textContent: title })), el("table", {}, el("tbody", {}, ...rows)));
};

fetch("/openapi.json").then((r) => r.json()).then((spec) => {
  document.getElementById("about").textContent = spec.info.description + " Version " + (spec.info.version || "unknown") + ".";
  for (const [path, item] of Object.entries(spec.paths)) {
    for (const method of ["get", "post"]) {
      if (!item[method]) continue;
      document.getElementById("contents").append(
        el("a", { href: "#" + item[method].operationId, textContent: method.toUpperCase() + " " + path }));
      document.getElementById("operations").append(operation(path, method, item[method]));
    }
  }
  const section = document.getElementById("schemas");
  section.append(el("h2", { textContent: "Documents" }));
  for (const [title, s] of Object.entries((spec.components || {}).schemas || {})) section.append(schema(title, s));
}).catch((error) => { document.getElementById("about").textContent = "The reference could not be loaded: " + error; });
