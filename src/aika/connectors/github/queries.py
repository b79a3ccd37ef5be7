"""The GraphQL queries: discussions and identities of single sign-on are not in the REST API."""

DISCUSSIONS = """
query ($owner: String!, $name: String!, $field: DiscussionOrderField!, $direction: OrderDirection!, $after: String) {
  repository(owner: $owner, name: $name) {
    discussions(first: 100, after: $after, orderBy: {field: $field, direction: $direction}) {
      pageInfo { hasNextPage endCursor }
      nodes { number title updatedAt author { login } comments { totalCount } }
    }
  }
}
"""

IDENTITIES = """
query ($login: String!, $after: String) {
  organization(login: $login) {
    samlIdentityProvider {
      externalIdentities(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { user { login } samlIdentity { nameId } }
      }
    }
  }
}
"""

DISCUSSION = """
query ($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    discussion(number: $number) {
      number title body url createdAt updatedAt closed isAnswered
      author { login }
      category { name }
      labels(first: 50) { nodes { name } }
      comments(first: 50, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          body createdAt url isAnswer
          author { login }
          replies(first: 100) { nodes { body createdAt url isAnswer author { login } } }
        }
      }
    }
  }
}
"""
