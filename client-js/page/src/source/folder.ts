import { FILES_MAX } from "./address.ts";
import { messageOf, SourceError } from "./errors.ts";

/** Of a folder, what could be a graph or event definitions; whatever else is there is left alone. */
const WANTED = /^[^.].*\.(json|ya?ml)$/i;

/** Files that are dropped, and those in folders that are. To be called during the event: after it there is nothing to be had. */
export async function droppedFiles(items: Iterable<DataTransferItem>): Promise<File[]> {
  const dropped = [...items].map((item) => {
    const entry = item.webkitGetAsEntry();
    return isFolder(entry) ? entry : item.getAsFile();
  });
  const each = await Promise.all(dropped.map((one) => (one instanceof File ? [one] : one === null ? [] : inside(one))));
  return each.flat();
}

async function inside(folder: FileSystemDirectoryEntry): Promise<File[]> {
  try {
    const files: File[] = [];
    const folders = [folder];
    let seen = 0;
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      for await (const entry of entries(next)) {
        if (++seen > FILES_MAX) {
          throw new SourceError(
            folder.name,
            `holds more than ${FILES_MAX} files and folders; drop the one with the graph`,
          );
        }
        if (isFolder(entry)) {
          if (!entry.name.startsWith(".")) folders.push(entry);
        } else if (WANTED.test(entry.name)) {
          files.push(await fileOf(entry as FileSystemFileEntry));
        }
      }
    }
    if (files.length === 0) {
      throw new SourceError(folder.name, "no file in this folder ends in .json, .yaml or .yml");
    }
    return files;
  } catch (cause) {
    throw cause instanceof SourceError
      ? cause
      : new SourceError(folder.name, `the folder could not be read (${messageOf(cause)})`, { cause });
  }
}

/** They come by the hundred, until none comes. */
async function* entries(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  const some = (): Promise<FileSystemEntry[]> => new Promise((take, fail) => reader.readEntries(take, fail));
  for (let batch = await some(); batch.length > 0; batch = await some()) {
    yield* batch;
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((take, fail) => entry.file(take, fail));
}

function isFolder(entry: FileSystemEntry | null): entry is FileSystemDirectoryEntry {
  return entry?.isDirectory === true;
}
