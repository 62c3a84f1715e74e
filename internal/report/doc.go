// Package report turns the results of a run into what people and machines read: the journals that each process
// writes as it goes, and the console summary, JUnit and JSON made of them. It knows nothing of how a result came about,
// and every rendering is computed from the same [result.Run], so that they cannot disagree.
//
// A run goes: [Begin] once, before any process has a journal; [OpenJournal], [Journal.Append] and [Journal.Close] in each
// process; [Finish] at the end, by whichever processes get that far.
package report
