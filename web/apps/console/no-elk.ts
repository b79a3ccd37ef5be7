/**
 * Stands in for `elkjs`, a second way to lay out diagrams that is as large as all else of Mermaid and not under a permissive license.
 * Diagrams that ask for it are laid out as all others are: `layout` is not theirs to choose.
 */
export default class NoElk {
  layout(): never {
    throw new Error("diagrams are not laid out by ELK");
  }
}
