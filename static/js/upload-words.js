// How far an upload is, in words and as a bar: how much, how fast, and how long it will still take.
window.uploadWords = (form, sums) => {
  const RATE_OVER_S = 10;
  const MARK_EVERY_S = 0.5;
  const say = form.dataset;
  const at = (name) => document.getElementById(name);
  const marks = []; // [when, how many bytes had been received]

  function size(bytes) {
    const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
    return `${(bytes / unit).toFixed(bytes < 1e9 ? 0 : 1)} ${name}`;
  }

  function span(seconds) {
    if (seconds < 90) return `${Math.ceil(seconds)} s`;
    const minutes = Math.ceil(seconds / 60);
    return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }

  function rate() {
    const now = performance.now() / 1000;
    if (!marks.length || now - marks.at(-1)[0] >= MARK_EVERY_S) marks.push([now, sums.received]);
    while (marks.length > 2 && now - marks[0][0] > RATE_OVER_S) marks.shift();
    const seconds = now - marks[0][0];
    return seconds >= 1 ? (sums.received - marks[0][1]) / seconds : 0;
  }

  return () => {
    at("upload-bar").max = sums.bytes || 1;
    at("upload-bar").value = sums.received;
    const perSecond = rate();
    const parts = sums.received
      ? [`${say.sending} ${size(sums.received)} ${say.of} ${size(sums.bytes)}`]
      : [`${say.looking} ${size(sums.read)} ${say.of} ${size(sums.bytes)}`];
    if (perSecond > 0) {
      parts.push(`${size(perSecond)} ${say.second}`, `${span((sums.bytes - sums.received) / perSecond)} ${say.left}`);
    }
    at("upload-now").textContent = parts.join(" – ");
    const counted = ["arrived", "known", "left", "failed"].filter((name) => sums[name]);
    at("upload-sums").textContent = counted.map((name) => `${sums[name]} ${say[name === "left" ? "skipped" : name]}`).join(", ");
  };
};
