import { parser } from '@prometheus-io/lezer-promql';

/** What a query in PromQL asks for. */
export interface Asked {
  /** By metric, the labels that its series are selected by. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Labels that its result is grouped by, in `by`, `on` and the like. */
  readonly grouped: readonly string[];
}

/** @throws SyntaxError where it is none. */
export const asked = (query: string): Asked => {
  const tree = parser.parse(query);
  const text = ({ from, to }: { from: number; to: number }) => query.slice(from, to);
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouped: string[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.type.isError)
        throw new SyntaxError(`not PromQL, from «${query.slice(node.from, node.from + 20)}» on: ${query}`);
      if (node.name === 'VectorSelector') {
        const name = node.node.getChild('Identifier');
        selectors.push({ metric: name ? text(name) : '', labels: [] });
      }
      if (node.name !== 'LabelName') return;
      if (node.node.parent?.name === 'GroupingLabels') grouped.push(text(node));
      else selectors.at(-1)?.labels.push(text(node));
    },
  });
  return { selectors, grouped };
};
