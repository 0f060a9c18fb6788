// Makes the still map of the page one that can be moved. The page is complete without it: whatever fails here,
// the still map and the table stay.

async function start(holder) {
  const words = holder.dataset;
  const live = element("div", { "data-map-live": "" });
  const canvas = element("div", { class: "redway-map__canvas" });
  const said = element("p", { class: "govuk-body redway-map__said", role: "status" });
  live.append(canvas, said);

  const [{ Map, setWorkerUrl }, areas] = await Promise.all([
    import(words.library),
    fetch(words.areas, { headers: { Accept: "application/geo+json" } }).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }),
  ]);
  setWorkerUrl(new URL(words.worker, location.href).href);
  if (!areas.features.length) return;
  const bounds = boundsOf(areas.features);
  // It is made behind the still map, which stays until every area of this one is on the screen.
  live.classList.add("redway-map__behind");
  live.inert = true;
  holder.append(live);
  const map = new Map({
    container: canvas,
    style: { version: 8, sources: {}, layers: [PAPER] },
    bounds,
    fitBoundsOptions: { padding: 12 },
    maxBounds: widened(bounds),
    attributionControl: false,
    cooperativeGestures: true,
    fadeDuration: 0,
    dragRotate: false,
    touchPitch: false,
    locale: { "Map.Title": words.title },
  });
  map.touchZoomRotate.disableRotation();

  const byCode = Object.fromEntries(areas.features.map((feature) => [feature.properties.code, feature]));
  const show = (code, move) => {
    const feature = byCode[code];
    const link = element("a", { class: "govuk-link", href: feature.properties.link }, feature.properties.name);
    said.replaceChildren(link, `: ${feature.properties.words}`);
    map.setFilter("chosen", ["==", ["get", "code"], code]);
    if (move) map.fitBounds(boundsOf([feature]), { padding: 80, maxZoom: 13.5 });
  };
  map.on("click", "areas", ({ features }) => show(features[0].properties.code, false));
  map.on("mouseenter", "areas", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "areas", () => (map.getCanvas().style.cursor = ""));

  await new Promise((resolve, reject) => {
    map.once("load", resolve);
    map.once("error", ({ error }) => reject(error));
  });
  for (const shade of ["more", "less", "same", "few"]) map.addImage(shade, pattern(shade), { pixelRatio: 2 });
  map.addSource("areas", { type: "geojson", data: areas });
  layers().forEach((layer) => map.addLayer(layer));
  await painted(map);
  live.prepend(controls(map, bounds, words), chooser(areas.features, words, show));
  const still = holder.querySelector("[data-map-still]");
  still.hidden = true;
  live.inert = false;
  live.classList.remove("redway-map__behind");
  // A browser may take a page's graphics away again: then the still map comes back for good.
  map.on("webglcontextlost", () => {
    still.hidden = false;
    live.remove();
  });
  holder.dataset.ready = "";
}

// Settled when nothing is left to load or to draw, and the areas can be asked for where they stand.
function painted(map) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (map.queryRenderedFeatures({ layers: ["areas"] }).length) resolve();
      else map.once("idle", look);
    };
    map.once("idle", look);
    map.once("error", ({ error }) => reject(error));
    map.once("webglcontextlost", () => reject(new Error("no graphics")));
  });
}

// Buttons for all that a finger or a wheel can do.
function controls(map, bounds, words) {
  const bar = element("div", { class: "redway-map__controls", role: "group", "aria-label": words.controls });
  const step = () => map.getContainer().clientWidth / 4;
  const actions = [
    ["+", words.zoomIn, () => map.zoomIn()],
    ["\u2212", words.zoomOut, () => map.zoomOut()],
    ["\u2190", words.west, () => map.panBy([-step(), 0])],
    ["\u2192", words.east, () => map.panBy([step(), 0])],
    ["\u2191", words.north, () => map.panBy([0, -step()])],
    ["\u2193", words.south, () => map.panBy([0, step()])],
    [words.wholeShort, words.whole, () => map.fitBounds(bounds, { padding: 12 })],
  ];
  for (const [sign, label, act] of actions) {
    const button = element("button", { type: "button", class: "redway-map__button", "aria-label": label }, sign);
    button.addEventListener("click", act);
    bar.append(button);
  }
  return bar;
}

// A list of every area, to go to one without a pointer.
function chooser(features, words, show) {
  const box = element("div", { class: "redway-map__chooser" });
  const select = element("select", { class: "govuk-select", id: "map-area" });
  const named = features.map(({ properties }) => properties).sort((a, b) => a.name.localeCompare(b.name));
  for (const { code, name } of named) select.append(element("option", { value: code }, name));
  const button = element("button", { type: "button", class: "govuk-button govuk-button--secondary" }, words.show);
  button.addEventListener("click", () => show(select.value, true));
  box.append(element("label", { class: "govuk-label", for: "map-area" }, words.choose), select, button);
  return box;
}

const PAPER = { id: "paper", type: "background", paint: { "background-color": "#ffffff" } };

function layers() {
  const source = "areas";
  const thickness = ["case", ["get", "out"], 3.5, 1.4];
  return [
    { id: "areas", type: "fill", source, paint: { "fill-pattern": ["get", "shade"] } },
    { id: "edges", type: "line", source, paint: { "line-color": "#6f777b", "line-width": 0.6 } },
    {
      id: "differ",
      type: "line",
      source,
      filter: ["in", ["get", "shade"], ["literal", ["more", "less"]]],
      paint: { "line-color": "#0b0c0c", "line-width": thickness },
    },
    {
      id: "chosen",
      type: "line",
      source,
      filter: ["==", ["get", "code"], ""],
      paint: { "line-color": "#801650", "line-width": 4 },
    },
  ];
}

// The same four patterns as the still map (redway/products/maps.py), at twice the size for sharpness.
function pattern(shade) {
  const fills = { more: "#e46c0a", less: "#8cc8e8", same: "#d5d7d9", few: "#ffffff" };
  const size = 12;
  const paper = element("canvas", { width: size, height: size });
  const pen = paper.getContext("2d");
  pen.fillStyle = fills[shade] ?? "#ffffff";
  pen.fillRect(0, 0, size, size);
  const lines = (colour, width, up) => {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    for (const shift of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(shift, up ? size : 0);
      pen.lineTo(shift + size, up ? 0 : size);
      pen.stroke();
    }
  };
  if (shade === "more") lines("#0b0c0c", 2.2, true);
  if (shade === "few") lines("#b5babd", 1.4, false);
  if (shade === "less") {
    pen.fillStyle = "#0b0c0c";
    pen.beginPath();
    pen.arc(size / 2, size / 2, 2.2, 0, 2 * Math.PI);
    pen.fill();
  }
  return pen.getImageData(0, 0, size, size);
}

function boundsOf(features) {
  let [west, south, east, north] = [180, 90, -180, -90];
  const walk = (part) => {
    if (typeof part[0] === "number") {
      west = Math.min(west, part[0]);
      east = Math.max(east, part[0]);
      south = Math.min(south, part[1]);
      north = Math.max(north, part[1]);
    } else part.forEach(walk);
  };
  features.forEach(({ geometry }) => walk(geometry.coordinates));
  return [
    [west, south],
    [east, north],
  ];
}

function widened([[west, south], [east, north]]) {
  const [x, y] = [east - west, north - south];
  return [
    [west - x, south - y],
    [east + x, north + y],
  ];
}

function element(name, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

const holder = document.querySelector("[data-map]");
if (holder) start(holder).catch(() => holder.querySelector("[data-map-live]")?.remove());
