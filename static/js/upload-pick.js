// Files that are dropped or chosen, with the folders they lie in: told to the form as an event "picked".
(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const drop = document.getElementById("drop");

  const tell = (found) => found.length && form.dispatchEvent(new CustomEvent("picked", { detail: found }));

  for (const input of form.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      tell([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      input.value = ""; // so that the same can be chosen once more
    });
  }

  // A folder is read in portions: each call gives the next ones, until there are none.
  const portion = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));
  const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));

  async function readFolder(folder) {
    const reader = folder.createReader();
    for (;;) {
      const entries = await portion(reader);
      if (!entries.length) return;
      for (const entry of entries) if (entry.isDirectory) await read(entry);
      const found = [];
      for (const entry of entries) if (entry.isFile) found.push(await pickedOf(entry));
      tell(found);
    }
  }

  async function pickedOf(entry) {
    const path = entry.fullPath.replace(/^\//, "");
    try {
      return { file: await fileOf(entry), path };
    } catch {
      return { file: null, path };
    }
  }

  async function read(entry) {
    if (entry.isFile) tell([await pickedOf(entry)]);
    else await readFolder(entry).catch(() => tell([{ file: null, path: `${entry.fullPath}/`.slice(1) }]));
  }

  const isOfFiles = (event) => event.dataTransfer?.types.includes("Files");

  addEventListener("dragover", (event) => {
    if (!isOfFiles(event)) return;
    event.preventDefault(); // or the browser would open the file instead of this page
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", async (event) => {
    if (!isOfFiles(event)) return;
    event.preventDefault();
    drop.classList.remove("over");
    // What was dropped is gone after the first wait, so all entries are taken first.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    form.dispatchEvent(new CustomEvent("picking", { detail: 1 }));
    for (const entry of entries) await read(entry);
    form.dispatchEvent(new CustomEvent("picking", { detail: -1 }));
  });
})();
