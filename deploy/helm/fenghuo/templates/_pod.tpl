{{- /* What all pods have in common. Written with the indentation at which it is used, so that `template` suffices. */ -}}

{{- define "fenghuo.labels" }}
    app.kubernetes.io/name: fenghuo
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
    app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "fenghuo.pod" }}
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile:
          type: RuntimeDefault
      volumes:
        - name: tmp
          emptyDir: {}
        - name: signing-keys
          secret:
            secretName: {{ .Values.secret.name }}
            defaultMode: 0440
            items:
              - key: {{ .Values.secret.signingKeys }}
                path: signing-keys.toml
        {{- if .Values.kafka.caConfigMap }}
        - name: kafka-ca
          configMap:
            name: {{ .Values.kafka.caConfigMap }}
        {{- end }}
        - name: data
        {{- if .Values.attachments.claim }}
          persistentVolumeClaim:
            claimName: {{ .Values.attachments.claim }}
        {{- else }}
          emptyDir: {}
        {{- end }}
        {{- if .Values.anchors.claim }}
        - name: anchors
          persistentVolumeClaim:
            claimName: {{ .Values.anchors.claim }}
        {{- end }}
{{- end }}

{{- define "fenghuo.container" }}
          image: {{ .Values.image | quote }}
          imagePullPolicy: {{ .Values.imagePullPolicy }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            - name: data
              mountPath: /var/lib/fenghuo
            - name: signing-keys
              mountPath: /etc/fenghuo
              readOnly: true
            {{- if .Values.kafka.caConfigMap }}
            - name: kafka-ca
              mountPath: /etc/kafka-ca
              readOnly: true
            {{- end }}
            {{- if .Values.anchors.claim }}
            - name: anchors
              mountPath: /var/lib/fenghuo-anchors
            {{- end }}
          {{- if .Values.attachments.credentialsSecret }}
          envFrom:
            - secretRef:
                name: {{ .Values.attachments.credentialsSecret }}
          {{- end }}
{{- end }}

{{- define "fenghuo.environment" }}
            - name: FENGHUO_PROFILE
              value: production
            - name: FENGHUO_BROKER_URL
              value: {{ if not .Values.kafka.url }}{{ fail "kafka.url is needed: kafka://host:port,host:port" }}{{ end }}{{ .Values.kafka.url | quote }}
            - name: FENGHUO_KAFKA_PROTOCOL
              value: {{ .Values.kafka.protocol | quote }}
            {{- if .Values.kafka.open }}
            - name: FENGHUO_KAFKA_OPEN
              value: "true"
            {{- end }}
            {{- if .Values.kafka.caConfigMap }}
            - name: FENGHUO_KAFKA_CA_FILE
              value: /etc/kafka-ca/ca.pem
            {{- end }}
            - name: FENGHUO_CONSUMER_GROUP
              value: {{ .Values.kafka.consumerGroup | quote }}
            - name: FENGHUO_DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: {{ .Values.secret.name }}
                  key: {{ .Values.secret.databaseUrl }}
            - name: FENGHUO_TOKEN
              valueFrom:
                secretKeyRef:
                  name: {{ .Values.secret.name }}
                  key: {{ .Values.secret.token }}
            - name: FENGHUO_SIGNING_KEYS
              value: /etc/fenghuo/signing-keys.toml
            - name: FENGHUO_TRUSTED_PROXIES
              value: {{ .Values.trustedProxies | quote }}
            - name: FENGHUO_LOG_FORMAT
              value: json
            {{- if .Values.attachments.url }}
            - name: FENGHUO_ATTACHMENTS_URL
              value: {{ .Values.attachments.url | quote }}
            {{- end }}
            {{- if .Values.anchors.claim }}
            - name: FENGHUO_ANCHOR_FILE
              value: /var/lib/fenghuo-anchors/anchors.jsonl
            {{- end }}
            {{- range $name, $value := .Values.settings }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
{{- end }}

{{- /* Who a part is to Kafka: `(list $ "engine")`. */ -}}
{{- define "fenghuo.kafkaUser" }}
{{- $part := index . 1 }}
{{- with index . 0 }}
{{- $user := index .Values.kafka.users $part }}
{{- if and (eq .Values.kafka.protocol "SASL_SSL") (not $user) }}{{ fail (printf "kafka.users.%s is needed with SASL_SSL" $part) }}{{ end }}
            {{- if $user }}
            - name: FENGHUO_KAFKA_USER
              value: {{ $user | quote }}
            - name: FENGHUO_KAFKA_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: {{ .Values.secret.name }}
                  key: {{ index .Values.secret.kafkaPasswords $part }}
            {{- end }}
{{- end }}
{{- end }}

{{- define "fenghuo.probes" }}
          ports:
            - name: http
              containerPort: 8600
          startupProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: {path: /healthz, port: http}
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 3
          readinessProbe:
            httpGet: {path: /readyz, port: http}
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 2
{{- end }}
