import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reports one event and waits for what becomes of it.
 *
 * <pre>BROKERS=host:port java -cp 'lib/*' Reporter.java report.json</pre>
 *
 * Ends with 0 when the report was accepted or known, else with 1; prints the receipt.
 */
public class Reporter {
    static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        byte[] value = Files.readAllBytes(Path.of(arguments[0]));
        JsonNode report = JSON.readTree(value);
        String brokers = System.getenv("BROKERS");
        Map<String, Object> writing = Map.of("bootstrap.servers", brokers, "acks", "all");
        Map<String, Object> reading = Map.of(
            "bootstrap.servers", brokers,
            "group.id", report.get("source_id").textValue() + "." + UUID.randomUUID(),
            "auto.offset.reset", "earliest");
        try (var producer = new KafkaProducer<>(writing, new StringSerializer(), new ByteArraySerializer())) {
            // Sending the same bytes again is harmless: a report counts once by source_id and report_id.
            var sent = new ProducerRecord<>("reports", report.get("area_code").textValue(), value);
            sent.headers().add("schema_version", "1".getBytes(UTF_8));
            producer.send(sent).get();
        }
        try (var consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("report-receipts"));
            Instant deadline = Instant.now().plusSeconds(60);
            while (Instant.now().isBefore(deadline)) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    JsonNode receipt = JSON.readTree(record.value());
                    if (receipt.get("source_id").equals(report.get("source_id"))
                        && receipt.get("report_id").equals(report.get("report_id"))) {
                        System.out.println(receipt);
                        String outcome = receipt.get("outcome").textValue();
                        System.exit(List.of("accepted", "duplicate").contains(outcome) ? 0 : 1);
                    }
                }
            }
        }
        System.err.println("no receipt within a minute");
        System.exit(1);
    }
}
