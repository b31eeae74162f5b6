import type { ClientsPage, JobView } from './schema'

/** The dapp's answers under the names that the page uses; their fields are docs/inspect.md's. */
export type {
  AccountPage as Account,
  CampaignPage,
  CampaignRound,
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
export interface JobDetail extends Pick<ClientsPage, 'asOf' | 'clients' | 'uploads' | 'scorings'> {
  job: JobView
  /** When the node was asked, and when it had answered, by this browser's clock; milliseconds. */
  asked: number
  received: number
}
