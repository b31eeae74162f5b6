import type { AccountPage, ClientsPage, JobView } from './schema'

/** The dapp's answers under the names that the page uses; their fields are docs/inspect.md's. */
export type {
  AccountPage as Account,
  CampaignPage,
  CampaignRound,
  ClientsPage,
  JobView as Job,
  Participant as Client,
  Phase,
  ScoringProgress,
  Slot,
  Standing,
  Terms,
  UploadProgress as Upload,
} from './schema'

/** A job with everybody in it. */
export interface JobDetail extends Asked, Pick<ClientsPage, 'asOf' | 'clients' | 'uploads' | 'scorings'> {
  job: JobView
}

/** What the node and the replay alike tell of a job. */
export type JobWithClients = Pick<JobDetail, 'job' | 'clients'>

/** When the node was asked, and when it had answered, by this browser's clock; milliseconds. */
export interface Asked {
  asked: number
  received: number
}

/** What concerns an account. */
export interface AccountDetail extends AccountPage, Asked {}
