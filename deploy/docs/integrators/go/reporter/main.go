// Reports one event and waits for what becomes of it.
//
//	BROKERS=host:port go run ./reporter report.json
//
// Ends with 0 when the report was accepted or known, else with 1; prints the receipt.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Told has what is used here of a report and of a receipt.
type Told struct {
	SourceID string `json:"source_id"`
	ReportID string `json:"report_id"`
	AreaCode string `json:"area_code"`
	Outcome  string `json:"outcome"`
}

func main() {
	value, err := os.ReadFile(os.Args[1])
	must(err)
	var report Told
	must(json.Unmarshal(value, &report))
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("BROKERS"), ",")...),
		kgo.ConsumerGroup(fmt.Sprintf("%s.%d", report.SourceID, time.Now().UnixNano())),
		kgo.ConsumeTopics("report-receipts"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	must(err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	// Sending the same bytes again is harmless: a report counts once by source_id and report_id.
	must(client.ProduceSync(ctx, &kgo.Record{
		Topic: "reports", Key: []byte(report.AreaCode), Value: value,
		Headers: []kgo.RecordHeader{{Key: "schema_version", Value: []byte("1")}},
	}).FirstErr())
	for {
		fetches := client.PollFetches(ctx)
		must(ctx.Err())
		for _, record := range fetches.Records() {
			var receipt Told
			must(json.Unmarshal(record.Value, &receipt))
			if receipt.SourceID == report.SourceID && receipt.ReportID == report.ReportID {
				fmt.Println(string(record.Value))
				if receipt.Outcome != "accepted" && receipt.Outcome != "duplicate" {
					os.Exit(1)
				}
				return
			}
		}
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
