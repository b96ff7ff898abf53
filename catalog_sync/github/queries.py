"""The GraphQL documents; each stays far below GitHub's limits of nodes, points and seconds."""

DISCOVER_PAGE = 100
DETAIL_PAGE = 25
TEAM_PAGE = 25

_LIGHT = """
fragment Light on Repository {
  id name pushedAt updatedAt createdAt isArchived isFork visibility
  owner { login }
  defaultBranchRef { name target { oid } }
}
"""

DISCOVER = (
    """
query Discover($organization: String!, $first: Int!, $after: String) {
  organization(login: $organization) {
    repositories(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      pageInfo { hasNextPage endCursor }
      nodes { ...Light }
    }
  }
  rateLimit { cost remaining resetAt }
}
"""
    + _LIGHT
)

_DETAIL = """
fragment Text on Blob { oid byteSize isBinary isTruncated text }
fragment Detail on Repository {
  ...Light
  url description
  repositoryTopics(first: 20) { nodes { topic { name } } }
  primaryLanguage { name }
  licenseInfo { spdxId }
  head: object(expression: "HEAD") { ... on Commit { committedDate } }
  root: object(expression: "HEAD:") { ... on Tree { entries { name type oid size } } }
  docs: object(expression: "HEAD:docs") { ... on Tree { oid } }
  githubFolder: object(expression: "HEAD:.github") { ... on Tree { entries { name type oid size } } }
  descriptor: object(expression: $descriptor) { ...Text }
  codeownersGitHub: object(expression: "HEAD:.github/CODEOWNERS") { ...Text }
  codeownersRoot: object(expression: "HEAD:CODEOWNERS") { ...Text }
  codeownersDocs: object(expression: "HEAD:docs/CODEOWNERS") { ...Text }
  mkdocs: object(expression: "HEAD:mkdocs.yml") { ...Text }
}
"""

DETAILS = (
    """
query Details($ids: [ID!]!, $descriptor: String!) {
  nodes(ids: $ids) { ... on Repository { ...Detail } }
  rateLimit { cost remaining resetAt }
}
"""
    + _DETAIL
    + _LIGHT
)

ONE = (
    """
query One($owner: String!, $name: String!, $descriptor: String!) {
  repository(owner: $owner, name: $name) { ...Detail }
  rateLimit { cost remaining resetAt }
}
"""
    + _DETAIL
    + _LIGHT
)

_MEMBERS = """
fragment Members on TeamMemberConnection {
  pageInfo { hasNextPage endCursor }
  edges { role node { login name email } }
}
fragment Repositories on TeamRepositoryConnection {
  pageInfo { hasNextPage endCursor }
  edges { permission node { nameWithOwner } }
}
"""

TEAMS = (
    """
query Teams($organization: String!, $first: Int!, $after: String) {
  organization(login: $organization) {
    teams(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        slug name description url
        parentTeam { slug }
        members(first: 50, membership: IMMEDIATE) { ...Members }
        repositories(first: 50) { ...Repositories }
      }
    }
  }
  rateLimit { cost remaining resetAt }
}
"""
    + _MEMBERS
)

TEAM_MEMBERS = """
query TeamMembers($organization: String!, $slug: String!, $after: String) {
  organization(login: $organization) {
    team(slug: $slug) { members(first: 100, after: $after, membership: IMMEDIATE) { ...MoreMembers } }
  }
}
fragment MoreMembers on TeamMemberConnection {
  pageInfo { hasNextPage endCursor }
  edges { role node { login name email } }
}
"""

TEAM_REPOSITORIES = """
query TeamRepositories($organization: String!, $slug: String!, $after: String) {
  organization(login: $organization) {
    team(slug: $slug) { repositories(first: 100, after: $after) { ...MoreRepositories } }
  }
}
fragment MoreRepositories on TeamRepositoryConnection {
  pageInfo { hasNextPage endCursor }
  edges { permission node { nameWithOwner } }
}
"""
