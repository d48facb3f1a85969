// An upload in this page: each file is hashed, offered, and sent if it is wanted; all that can be seen of it is here.
(() => {
  const form = document.getElementById("upload");
  if (!form || !window.Worker) return;
  const OFFERED_AT_ONCE = 100;
  const SENT_AT_ONCE = 3;
  const MOST_FAULTS = 100;
  const say = form.dataset;
  const at = (name) => document.getElementById(name);
  const queues = { hash: [], offer: [], send: [] };
  const sums = { files: 0, bytes: 0, read: 0, received: 0, arrived: 0, known: 0, left: 0, failed: 0 };
  let [picking, hashing, offering, sending, isOver] = [0, null, false, 0, false];
  const sender = window.uploadSender(form, (text) => told(text));
  const show = window.uploadWords(form, sums);
  const worker = new Worker(say.hasher);

  form.querySelector(".dropping").hidden = false;
  at("drop").classList.add("live");
  at("by-itself-field").hidden = false;
  at("import-now").hidden = !say.address;

  function told(text) {
    if (at("upload-said").textContent !== text) at("upload-said").textContent = text;
  }

  function end(item, state, reason) {
    sums[state] += 1;
    if (state === "arrived") return;
    sums.bytes -= item.size;
    if (state === "known") return;
    if (state === "failed") sums.received -= item.counted;
    else at("left-out").hidden = false;
    const list = at(state === "failed" ? "upload-faults" : "upload-left");
    if (list.childElementCount >= MOST_FAULTS) return;
    const name = document.createElement("bdi");
    name.textContent = item.path;
    const line = document.createElement("li");
    line.append(name, `: ${reason}`);
    list.append(line);
  }

  form.addEventListener("focusout", () => setTimeout(pump)); // nothing begins while somebody is typing
  form.addEventListener("picking", ({ detail }) => { picking += detail; pump(); });
  form.addEventListener("picked", ({ detail }) => {
    for (const { file, path } of detail) {
      const item = { file, path, size: file?.size ?? 0, mtime: file?.lastModified ?? null, counted: 0, tries: 0 };
      sums.files += 1;
      sums.bytes += item.size;
      if (file) queues.hash.push(item);
      else end(item, "failed", say.unread);
    }
    at("upload-progress").hidden = false;
    at("import-now").hidden = true;
    pump();
  });

  worker.onmessage = ({ data }) => {
    const item = hashing;
    sums.read += (data.read ?? item.size) - (item.read ?? 0);
    item.read = data.read ?? item.size;
    if (data.read !== undefined) return show();
    hashing = null;
    if (data.error) end(item, "failed", say.unread);
    else queues.offer.push(Object.assign(item, { sha256: data.sha256 }));
    pump();
  };

  async function offer() {
    offering = true;
    const items = queues.offer.splice(0, OFFERED_AT_ONCE);
    const { status, told: answer } = await sender.offer(items);
    items.forEach((item, index) => {
      const { id, state, received, reason } = answer.files?.[index] ?? { state: "failed", reason: answer.reason || `${status}` };
      Object.assign(item, { id, state, received, reason });
      if (state === "sending") queues.send.push(item);
      else if (state === "arrived") arrive(item);
      else end(item, state, reason);
    });
    at("upload-takeouts").replaceChildren(...(answer.takeouts ?? []).map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    }));
    offering = false;
    pump();
  }

  function count(item, bytes) {
    sums.received += bytes - item.counted;
    item.counted = bytes;
    show();
  }

  function arrive(item) {
    count(item, item.size);
    end(item, "arrived");
  }

  async function send(item) {
    sending += 1;
    try {
      await sender.send(item, count);
      if (item.state === "arrived") arrive(item);
      else if (item.state === "failed" && item.tries++ < 1) queues.offer.push(item); // damaged on its way: once more
      else end(item, item.state, item.reason);
    } catch (gone) {
      queues.hash.length = queues.offer.length = queues.send.length = 0;
      end(item, "failed", gone.message);
    }
    sending -= 1;
    pump();
  }

  function pump() {
    if (!hashing && queues.hash.length) {
      hashing = queues.hash.shift();
      worker.postMessage(hashing.file);
    }
    if (!offering && queues.offer.length) offer();
    while (sending < SENT_AT_ONCE && queues.send.length) send(queues.send.shift());
    show();
    if (!picking && !hashing && !offering && !sending && sums.files) finish();
  }

  function finish() {
    at("upload-now").textContent = "";
    at("import-now").hidden = !sums.arrived;
    at("import-now").textContent = say.import;
    if (sums.failed) told(sums.arrived ? say.some : "");
    else told(sums.arrived ? say.all : say.none);
    const isTyping = document.activeElement?.matches("#upload input:not([type=checkbox], [type=file])");
    if (isOver || isTyping || sums.failed || !sums.arrived || !at("by-itself").checked) return;
    isOver = true;
    form.requestSubmit(at("import-now"));
  }
})();
