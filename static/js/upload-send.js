// What goes to the server: requests that wait for it to come back, and files piece by piece.
window.uploadSender = (form, tell) => {
  const PIECE = Number(form.dataset.chunk);
  const LONGEST_WAIT_S = 20;
  const GONE = 410;
  const CONFLICT = 409;
  const field = form.elements.csrfmiddlewaretoken;

  // Whoever logs in again in another window gets another one.
  const token = () => (field.value = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? field.value);

  const nap = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  // XMLHttpRequest, since fetch does not tell how much of a body has gone.
  function once(address, body, type, onSent) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.responseType = "json";
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("Content-Type", type);
      if (onSent) request.upload.onprogress = (event) => onSent(event.loaded);
      const end = () => {
        const isOurs = request.responseURL === "" || new URL(request.responseURL).pathname === new URL(address, location).pathname;
        done({ status: isOurs ? request.status : 403, told: request.response ?? {} }); // another page: to log in
      };
      request.onload = request.onerror = request.onabort = end;
      request.send(body);
    });
  }

  const isPassing = (status) => status === 0 || status === 403 || status === 408 || status === 423 || status === 429 || status >= 500;

  async function post(address, body, type, onSent) {
    for (let tries = 0; ; tries++) {
      const answer = await once(address, body, type, onSent);
      if (!isPassing(answer.status)) {
        tell("");
        return answer;
      }
      if (answer.status === 403) tell(form.dataset.login);
      else tell(answer.told.reason || form.dataset.waiting);
      await nap(Math.min(2 ** tries / 2, LONGEST_WAIT_S));
    }
  }

  async function send(item, onSent) {
    do {
      const from = item.received;
      const piece = item.file.slice(from, from + PIECE);
      const address = `${form.dataset.address}files/${item.id}/?offset=${from}`;
      const sent = (bytes) => onSent(item, Math.min(from + bytes, item.size));
      const { status, told } = await post(address, piece, "application/octet-stream", sent);
      if (status === CONFLICT) item.received = told.received;
      else if (status === 200) Object.assign(item, { state: told.state, received: told.received, reason: told.reason });
      else Object.assign(item, { state: "failed", reason: told.reason || `${status}` });
      onSent(item, item.received);
      if (status === GONE) throw new Error(told.reason);
    } while (item.state === "sending");
  }

  async function begin() {
    if (form.dataset.address) return;
    const fields = new FormData(form);
    fields.delete("files");
    const { told } = await post(form.dataset.begin, new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded");
    form.dataset.address = told.address;
    form.action = `${told.address}start/`;
    form.enctype = "application/x-www-form-urlencoded";
    history.replaceState(null, "", told.address); // so that a reload comes back to this upload
  }

  async function offer(items) {
    await begin();
    const files = items.map(({ path, size, mtime, sha256 }) => ({ path, size, mtime, sha256 }));
    return post(`${form.dataset.address}offer/`, JSON.stringify({ files }), "application/json");
  }

  return { offer, send };
};
