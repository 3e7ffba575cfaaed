import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The system of one unit, to begin from: takes on each command once, answers it, and goes on after a restart.
 *
 * <pre>UNIT=500108:fire BROKERS=host:port KEY_ID=... SECRET=... java -cp 'lib/*' Unit.java</pre>
 *
 * Without KEY_ID nothing is signed (a test broker). With PERSON every order is acknowledged at once in that name, for
 * tries alone: in your system an acknowledgement is a person's, by a button.
 */
public class Unit {
    static final int KNOWN_VERSION = 1;
    static final ObjectMapper JSON = new ObjectMapper();
    static final String UNIT = System.getenv("UNIT");
    static final String KEY_ID = System.getenv("KEY_ID");
    static final String PERSON = System.getenv("PERSON");

    /**
     * What was answered to which command: a line each, `command_id retracts value`, written before it is sent.
     * In your system: the table of orders, written in the transaction that takes one on.
     */
    static class Answers {
        final Path file;
        final Map<String, List<byte[]>> byCommand = new HashMap<>();
        final Set<String> takenBack = new HashSet<>();

        Answers(Path file) throws Exception {
            this.file = file;
            for (String line : Files.exists(file) ? Files.readAllLines(file, UTF_8) : List.<String>of()) {
                remember(line);
            }
        }

        void takeOn(JsonNode command) throws Exception {
            String id = command.get("command_id").textValue();
            List<String> kinds = new ArrayList<>(List.of("received"));
            if (PERSON != null && !takenBack.contains(id)) {
                kinds.add("acknowledged");
            }
            try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
                for (String kind : kinds) {
                    String line = id + " " + command.path("retracts").asText("-") + " " + feedback(command, kind);
                    out.write((line + "\n").getBytes(UTF_8));
                    remember(line);
                }
                out.getFD().sync();
            }
        }

        void remember(String line) {
            String[] parts = line.split(" ", 3);
            byCommand.computeIfAbsent(parts[0], id -> new ArrayList<>()).add(parts[2].getBytes(UTF_8));
            takenBack.add(parts[1]);
        }
    }

    static String feedback(JsonNode command, String kind) {
        String id = command.get("command_id").textValue();
        ObjectNode said = JSON.createObjectNode()
            .put("schema_version", 1)
            // Derived, so that the same answer counts once however often it is sent.
            .put("feedback_id", UUID.nameUUIDFromBytes((id + "/" + kind).getBytes(UTF_8)).toString())
            .put("command_id", id)
            .put("incident_id", command.get("incident_id").textValue())
            .put("unit_code", UNIT)
            .put("kind", kind)
            .put("occurred_at", Instant.now().toString());
        if (kind.equals("acknowledged")) {
            said.putObject("person").put("name", PERSON);
        }
        if (command.get("exercise").booleanValue()) {
            said.put("note", "演练 EXERCISE");
        }
        return said.toString();
    }

    static ProducerRecord<String, byte[]> record(JsonNode command, byte[] value) throws Exception {
        var made = new ProducerRecord<>("disposal-feedback", command.get("incident_id").textValue(), value);
        made.headers().add("schema_version", "1".getBytes(UTF_8));
        if (KEY_ID != null) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(HexFormat.of().parseHex(System.getenv("SECRET")), "HmacSHA256"));
            made.headers().add("key_id", KEY_ID.getBytes(UTF_8));
            made.headers().add("signature", HexFormat.of().formatHex(mac.doFinal(value)).getBytes(UTF_8));
        }
        return made;
    }

    static void handle(byte[] value, Answers answers, KafkaProducer<String, byte[]> producer) throws Exception {
        JsonNode command = JSON.readTree(value); // fields that are not known here are simply not read
        if (!command.get("unit_code").textValue().equals(UNIT)) {
            return;
        }
        String id = command.get("command_id").textValue();
        if (command.path("schema_version").asInt(1) > KNOWN_VERSION) {
            System.err.println(id + " is of a newer version: show it to a person");
            return;
        }
        if (!answers.byCommand.containsKey(id)) {
            System.out.println((command.get("exercise").booleanValue() ? "EXERCISE " : "ACTUAL ")
                + command.get("kind").textValue() + " " + command.get("text_zh").textValue());
            answers.takeOn(command);
        }
        for (byte[] said : answers.byCommand.get(id)) { // a repeated command gets the same bytes again
            producer.send(record(command, said)).get();
        }
    }

    public static void main(String[] arguments) throws Exception {
        var env = System.getenv();
        Map<String, Object> reading = Map.of(
            "bootstrap.servers", env.get("BROKERS"),
            "group.id", env.getOrDefault("GROUP", "unit-" + UNIT.replace(':', '-')),
            "enable.auto.commit", false, // committed when it is done, and not when it is read
            "auto.offset.reset", "earliest",
            "metadata.max.age.ms", 5_000); // finds a topic that is made after the start
        Map<String, Object> writing = Map.of("bootstrap.servers", env.get("BROKERS"), "acks", "all");
        Answers answers = new Answers(Path.of(env.getOrDefault("ANSWERS", "answers.txt")));
        try (var consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
             var producer = new KafkaProducer<>(writing, new StringSerializer(), new ByteArraySerializer())) {
            consumer.subscribe(List.of("disposal-commands"));
            while (true) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    handle(record.value(), answers, producer);
                }
                consumer.commitSync();
            }
        }
    }
}
