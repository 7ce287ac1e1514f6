import { ClassicLevel } from 'classic-level';
import { damagedFile } from './data-dir.ts';

// dynalite prefixes each key with what it belongs to: `table~`, `item-<table>~`, `index-global~<table>~<index>~`.
const INDEX_KEYS = { gte: 'index-', lt: 'index.' };

/**
 * Opens dynalite's files once before dynalite does, which would answer with a stack trace where they cannot be opened.
 * @param dropIndexes removes all index entries, to be written anew: dynalite writes an item's index entries and the item
 * one after the other, and a process that was killed in between has left some that are missing or wrong.
 * @throws LocalProblem
 */
export async function checkTableFiles(folder: string, { dropIndexes }: { dropIndexes: boolean }): Promise<void> {
  const files = new ClassicLevel(folder);
  try {
    await files.open();
    if (dropIndexes) await files.clear(INDEX_KEYS);
  } catch (error) {
    throw damagedFile(folder, (error as Error).cause ?? error);
  } finally {
    await files.close();
  }
}
