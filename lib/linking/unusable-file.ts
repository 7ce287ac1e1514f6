import { AppError } from '../errors.ts';

/** A file that cannot be read as a list of contacts, or a plan that is none. Says what to change; never quotes a cell. */
export class UnusableFile extends AppError {
  override readonly name = 'UnusableFile';
}
