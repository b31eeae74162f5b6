/** Said where a market has several Applications. */
export const applicationsWords = {
  title: 'Applications of this market',
  what: 'Each has jobs, numbers, money and a node of its own. Whom one trusts is the same question for each.',
  columns: { application: 'Application', jobs: 'Jobs', claims: 'Whose claims count', program: 'Owner', node: 'Node' },
  nobody: 'Nobody',
  unread: 'Not read yet',
  answers: 'answers',
  silent: 'does not answer',
  check: 'Check it',
  here: 'Application',
  other: (name: string) => `Look at ${name}`,
}
