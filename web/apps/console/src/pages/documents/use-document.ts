import type { AboutDocumentView, DocumentView, FindingsReply } from "@aika/client";
import { useAika } from "@aika/react";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";

export function useDocument(id: string): UseQueryResult<DocumentView> {
  const aika = useAika();
  return useQuery({
    queryKey: ["documents", id],
    queryFn: async ({ signal }) =>
      found((await aika.GET("/v1/documents/{id}", { params: { path: { id } }, signal })).data),
  });
}

/** What there is to know of a document besides its text. */
export function useAbout(id: string): UseQueryResult<AboutDocumentView> {
  const aika = useAika();
  return useQuery({
    queryKey: ["documents", id, "about"],
    queryFn: async ({ signal }) =>
      found((await aika.GET("/v1/documents/{id}/about", { params: { path: { id } }, signal })).data),
  });
}

/** Open findings that are about a document. */
export function useFindings(id: string): UseQueryResult<FindingsReply["findings"]> {
  const aika = useAika();
  return useQuery({
    queryKey: ["documents", id, "findings"],
    queryFn: async ({ signal }) =>
      found((await aika.GET("/v1/findings", { params: { query: { document: [id], limit: 10 } }, signal })).data)
        .findings,
  });
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the reply came without a body");
  return value;
}
