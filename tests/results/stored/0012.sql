BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0012');
CREATE TABLE checkpoints (
	trial_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	final BOOLEAN NOT NULL, 
	state BLOB NOT NULL, 
	saved_at DATETIME NOT NULL, earlier_epoch INTEGER, earlier_state BLOB, 
	CONSTRAINT pk_checkpoints PRIMARY KEY (trial_id), 
	CONSTRAINT fk_checkpoints_trial_id_trials FOREIGN KEY(trial_id) REFERENCES trials (id)
);
CREATE TABLE configurations (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	dataset_id INTEGER NOT NULL, 
	parameter_count INTEGER NOT NULL, 
	hyperparameters JSON NOT NULL, 
	dataset TEXT NOT NULL, 
	layers TEXT NOT NULL, 
	activation TEXT NOT NULL, 
	activation_slope FLOAT, 
	output_activation TEXT, 
	cost TEXT NOT NULL, 
	initialization TEXT NOT NULL, 
	initialization_scale FLOAT, 
	initial_bias FLOAT NOT NULL, 
	optimizer TEXT NOT NULL, 
	learning_rate FLOAT NOT NULL, 
	momentum FLOAT NOT NULL, 
	beta1 FLOAT NOT NULL, 
	beta2 FLOAT, 
	epsilon FLOAT NOT NULL, 
	schedule TEXT NOT NULL, 
	schedule_epochs INTEGER NOT NULL, 
	schedule_factor FLOAT NOT NULL, 
	schedule_floor FLOAT NOT NULL, 
	schedule_warmup INTEGER NOT NULL, 
	batch_size INTEGER NOT NULL, 
	epochs INTEGER NOT NULL, 
	l2 FLOAT NOT NULL, 
	dropout FLOAT NOT NULL, 
	clip_norm FLOAT, 
	scaling TEXT NOT NULL, 
	precision TEXT NOT NULL, 
	cost_recording TEXT NOT NULL, generation INTEGER DEFAULT '0' NOT NULL, search_state JSON, 
	CONSTRAINT pk_configurations PRIMARY KEY (id), 
	CONSTRAINT fk_configurations_dataset_id_datasets FOREIGN KEY(dataset_id) REFERENCES datasets (id), 
	CONSTRAINT fk_configurations_sweep_id_sweeps FOREIGN KEY(sweep_id) REFERENCES sweeps (id), 
	CONSTRAINT uq_configurations_sweep_id_number UNIQUE (sweep_id, number)
);
INSERT INTO "configurations" VALUES(1,1,0,1,259,'{"dataset": "iris", "layers": [32], "activation": "sigmoid", "activation_slope": null, "output_activation": null, "cost": "sum_of_squares", "initialization": "normal", "initialization_scale": null, "initial_bias": 0.0, "optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "beta1": 0.9, "beta2": null, "epsilon": 1e-08, "schedule": "constant", "schedule_epochs": 10, "schedule_factor": 0.5, "schedule_floor": 0.0, "schedule_warmup": 0, "batch_size": 32, "epochs": 3, "l2": 0.0, "dropout": 0.0, "clip_norm": null, "scaling": "min_max", "precision": "float32", "cost_recording": "whole_set"}','iris','[32]','sigmoid',NULL,NULL,'sum_of_squares','normal',NULL,0.0,'sgd',0.1,0.9,0.9,NULL,1.0e-08,'constant',10,0.5,0.0,0,32,3,0.0,0.0,NULL,'min_max','float32','whole_set',0,NULL);
INSERT INTO "configurations" VALUES(2,1,1,1,91,'{"dataset": "iris", "layers": [8, 4], "activation": "sigmoid", "activation_slope": null, "output_activation": null, "cost": "sum_of_squares", "initialization": "normal", "initialization_scale": null, "initial_bias": 0.0, "optimizer": "sgd", "learning_rate": 0.5, "momentum": 0.9, "beta1": 0.9, "beta2": null, "epsilon": 1e-08, "schedule": "constant", "schedule_epochs": 10, "schedule_factor": 0.5, "schedule_floor": 0.0, "schedule_warmup": 0, "batch_size": 32, "epochs": 3, "l2": 0.0, "dropout": 0.0, "clip_norm": null, "scaling": "min_max", "precision": "float32", "cost_recording": "whole_set"}','iris','[8, 4]','sigmoid',NULL,NULL,'sum_of_squares','normal',NULL,0.0,'sgd',0.5,0.9,0.9,NULL,1.0e-08,'constant',10,0.5,0.0,0,32,3,0.0,0.0,NULL,'min_max','float32','whole_set',0,NULL);
CREATE TABLE datasets (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	task VARCHAR(20) NOT NULL, 
	samples INTEGER NOT NULL, 
	features INTEGER NOT NULL, 
	outputs INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_datasets PRIMARY KEY (id), 
	CONSTRAINT uq_datasets_name_digest UNIQUE (name, digest)
);
INSERT INTO "datasets" VALUES(1,'iris','6119cb766e5d5e8230d40bab96f898949df225d425fab573b5721f3d1c3f3d37','classification',150,4,3,'Fisher 1936, UCI Iris; scikit-learn load_iris','2026-11-28 08:33:46.986516');
CREATE TABLE decisions (
	trial_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	rule VARCHAR(20) NOT NULL, 
	value FLOAT, 
	threshold FLOAT, 
	verdict VARCHAR(10) NOT NULL, 
	audited BOOLEAN NOT NULL, 
	decided_at DATETIME NOT NULL, 
	CONSTRAINT pk_decisions PRIMARY KEY (trial_id, epoch), 
	CONSTRAINT fk_decisions_trial_id_trials FOREIGN KEY(trial_id) REFERENCES trials (id)
);
CREATE TABLE epochs (
	trial_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	updates INTEGER NOT NULL, 
	train_cost FLOAT, 
	validation_cost FLOAT, 
	train_accuracy FLOAT, 
	validation_accuracy FLOAT, 
	gradient_norm FLOAT, 
	epoch_seconds FLOAT NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_epochs PRIMARY KEY (trial_id, epoch), 
	CONSTRAINT fk_epochs_trial_id_trials FOREIGN KEY(trial_id) REFERENCES trials (id)
);
INSERT INTO "epochs" VALUES(1,0,0,1.0,1.0,0.25,0.25,1.0,0.01,'2026-03-01 12:00:00.123456');
INSERT INTO "epochs" VALUES(1,1,4,0.5,0.5,0.25,0.25,1.0,0.01,'2026-03-01 12:00:01.123456');
INSERT INTO "epochs" VALUES(1,2,8,3.33333333333333314829e-01,3.33333333333333314829e-01,0.25,0.25,1.0,0.01,'2026-03-01 12:00:02.123456');
INSERT INTO "epochs" VALUES(1,3,12,0.25,0.25,0.25,0.25,1.0,0.01,'2026-03-01 12:00:03.123456');
INSERT INTO "epochs" VALUES(2,0,0,1.0,1.0,0.25,0.25,1.0,0.01,'2026-03-01 12:00:00.123456');
INSERT INTO "epochs" VALUES(2,1,4,0.5,0.5,0.25,0.25,1.0,0.01,'2026-03-01 12:00:01.123456');
INSERT INTO "epochs" VALUES(2,2,8,3.33333333333333314829e-01,3.33333333333333314829e-01,0.25,0.25,1.0,0.01,'2026-03-01 12:00:02.123456');
INSERT INTO "epochs" VALUES(2,3,12,0.25,0.25,0.25,0.25,1.0,0.01,'2026-03-01 12:00:03.123456');
INSERT INTO "epochs" VALUES(3,0,0,1.0,1.0,0.25,0.25,1.0,0.01,'2026-03-01 12:00:00.123456');
INSERT INTO "epochs" VALUES(3,1,4,0.5,0.5,0.25,0.25,1.0,0.01,'2026-03-01 12:00:01.123456');
INSERT INTO "epochs" VALUES(3,2,8,3.33333333333333314829e-01,3.33333333333333314829e-01,0.25,0.25,1.0,0.01,'2026-03-01 12:00:02.123456');
INSERT INTO "epochs" VALUES(3,3,12,0.25,0.25,0.25,0.25,1.0,0.01,'2026-03-01 12:00:03.123456');
INSERT INTO "epochs" VALUES(4,0,0,1.0,1.0,0.25,0.25,1.0,0.01,'2026-03-01 12:00:00.123456');
INSERT INTO "epochs" VALUES(4,1,4,0.5,0.5,0.25,0.25,1.0,0.01,'2026-03-01 12:00:01.123456');
INSERT INTO "epochs" VALUES(4,2,8,3.33333333333333314829e-01,3.33333333333333314829e-01,0.25,0.25,1.0,0.01,'2026-03-01 12:00:02.123456');
INSERT INTO "epochs" VALUES(4,3,12,0.25,0.25,0.25,0.25,1.0,0.01,'2026-03-01 12:00:03.123456');
CREATE TABLE idempotency_keys (
	route VARCHAR(200) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	request_digest VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	headers JSON NOT NULL, 
	body TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (route, "key")
);
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempt INTEGER NOT NULL, 
	max_attempts INTEGER NOT NULL, 
	owner VARCHAR(200), 
	lease_expires_at DATETIME, 
	last_sent_at DATETIME, 
	trial_count INTEGER NOT NULL, 
	estimated_seconds FLOAT NOT NULL, 
	error TEXT, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, lease_seconds FLOAT, advanced BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT fk_jobs_sweep_id_sweeps FOREIGN KEY(sweep_id) REFERENCES sweeps (id), 
	CONSTRAINT uq_jobs_sweep_id_number UNIQUE (sweep_id, number)
);
INSERT INTO "jobs" VALUES(1,1,0,'finished',1,3,'host 1',NULL,NULL,2,1.0,NULL,'2026-11-28 08:33:46.986516','2026-11-28 08:33:47.031423','2026-11-28 08:33:47.080213',NULL,1);
INSERT INTO "jobs" VALUES(2,1,1,'finished',1,3,'host 1',NULL,NULL,2,1.0,NULL,'2026-11-28 08:33:46.986516','2026-11-28 08:33:47.098228','2026-11-28 08:33:47.120163',NULL,1);
CREATE TABLE layer_epochs (
	trial_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	layer INTEGER NOT NULL, 
	gradient_norm FLOAT, 
	weight_norm FLOAT, 
	update_ratio FLOAT, 
	activation_mean FLOAT, 
	activation_deviation FLOAT, 
	saturated_share FLOAT, 
	dead_share FLOAT, 
	CONSTRAINT pk_layer_epochs PRIMARY KEY (trial_id, epoch, layer), 
	CONSTRAINT fk_layer_epochs_trial_id_trials FOREIGN KEY(trial_id) REFERENCES trials (id)
);
INSERT INTO "layer_epochs" VALUES(1,0,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(1,0,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(1,1,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(1,1,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(1,2,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(1,2,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(1,3,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(1,3,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,0,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,0,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,1,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,1,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,2,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,2,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,3,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(2,3,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,0,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,0,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,1,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,1,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,2,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,2,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,3,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(3,3,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,0,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,0,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,1,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,1,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,2,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,2,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,3,1,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
INSERT INTO "layer_epochs" VALUES(4,3,2,0.1,0.2,0.3,0.4,0.5,0.0,0.0);
CREATE TABLE machines (
	name VARCHAR(200) NOT NULL, 
	slowness FLOAT NOT NULL, 
	measured_at DATETIME NOT NULL, 
	CONSTRAINT pk_machines PRIMARY KEY (name)
);
CREATE TABLE submissions (
	sweep_id INTEGER NOT NULL, 
	renewed_at DATETIME NOT NULL, 
	CONSTRAINT pk_submissions PRIMARY KEY (sweep_id)
);
CREATE TABLE sweeps (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	name VARCHAR(250) NOT NULL, 
	project VARCHAR(250) NOT NULL, 
	method VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	wanted VARCHAR(20) NOT NULL, 
	metric_name VARCHAR(50) NOT NULL, 
	metric_goal VARCHAR(10) NOT NULL, 
	metric_target FLOAT, 
	replicates INTEGER NOT NULL, 
	seed BIGINT NOT NULL, 
	split_seed BIGINT NOT NULL, 
	search_seed BIGINT NOT NULL, 
	validation_fraction FLOAT NOT NULL, 
	targets JSON NOT NULL, 
	generation INTEGER NOT NULL, 
	document JSON NOT NULL, 
	notes JSON NOT NULL, 
	configuration_count INTEGER NOT NULL, 
	trial_count INTEGER NOT NULL, 
	job_count INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, 
	mlflow_experiment_id VARCHAR(64), 
	mlflow_run_id VARCHAR(64), 
	tracked_state VARCHAR(20), 
	tracking_error TEXT, stopped_because TEXT, search VARCHAR(20), run_cap INTEGER, search_state JSON, tracked_artifacts DATETIME, tracking_doubt BOOLEAN DEFAULT 0 NOT NULL, error TEXT, idle_seconds FLOAT DEFAULT 0 NOT NULL, paused_at DATETIME, model_sha256 VARCHAR(64), 
	CONSTRAINT pk_sweeps PRIMARY KEY (id), 
	CONSTRAINT uq_sweeps_uid UNIQUE (uid)
);
INSERT INTO "sweeps" VALUES(1,'32198dee0cc127448c16a0d960b98099','small','tests','grid','finished','run','validation_cost','minimize',NULL,2,7,1502000240,1465487289,0.2,'[0.5, 0.1]',0,'{"name": "small"}','["a default was taken"]',2,4,2,'2026-11-28 08:33:46.986516','2026-11-28 08:33:47.032554','2026-11-28 08:33:47.120163',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0.0,NULL,NULL);
CREATE TABLE tracker (
	id INTEGER NOT NULL, 
	passed_at DATETIME, 
	error TEXT, 
	error_since DATETIME, 
	CONSTRAINT pk_tracker PRIMARY KEY (id)
);
INSERT INTO "tracker" VALUES(1,NULL,NULL,NULL);
CREATE TABLE trial_targets (
	trial_id INTEGER NOT NULL, 
	target FLOAT NOT NULL, 
	epoch INTEGER NOT NULL, 
	CONSTRAINT pk_trial_targets PRIMARY KEY (trial_id, target), 
	CONSTRAINT fk_trial_targets_trial_id_trials FOREIGN KEY(trial_id) REFERENCES trials (id)
);
INSERT INTO "trial_targets" VALUES(1,0.5,2);
INSERT INTO "trial_targets" VALUES(2,0.5,2);
INSERT INTO "trial_targets" VALUES(3,0.5,2);
INSERT INTO "trial_targets" VALUES(4,0.5,2);
CREATE TABLE trials (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	configuration_id INTEGER NOT NULL, 
	job_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	replicate INTEGER NOT NULL, 
	init_seed BIGINT NOT NULL, 
	data_seed BIGINT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	outcome VARCHAR(20), 
	epochs_recorded INTEGER NOT NULL, 
	diverged_epoch INTEGER, 
	best_train_cost FLOAT, 
	best_validation_cost FLOAT, 
	best_epoch INTEGER, 
	best_validation_accuracy FLOAT, 
	final_train_cost FLOAT, 
	final_validation_cost FLOAT, 
	final_train_accuracy FLOAT, 
	final_validation_accuracy FLOAT, 
	seconds FLOAT, 
	blas_kernel VARCHAR(50), 
	machine JSON, 
	error TEXT, 
	started_at DATETIME, 
	finished_at DATETIME, 
	mlflow_run_id VARCHAR(64), 
	tracked_epoch INTEGER NOT NULL, 
	tracked_state VARCHAR(20), 
	tracking_error TEXT, digest VARCHAR(64), reused_from INTEGER CONSTRAINT fk_trials_reused_from_trials REFERENCES trials (id), outcome_epoch INTEGER, completed_epochs INTEGER, completed_at DATETIME, 
	CONSTRAINT pk_trials PRIMARY KEY (id), 
	CONSTRAINT fk_trials_configuration_id_configurations FOREIGN KEY(configuration_id) REFERENCES configurations (id), 
	CONSTRAINT fk_trials_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT fk_trials_sweep_id_sweeps FOREIGN KEY(sweep_id) REFERENCES sweeps (id), 
	CONSTRAINT uq_trials_sweep_id_number UNIQUE (sweep_id, number)
);
INSERT INTO "trials" VALUES(1,1,1,1,0,0,1658792025,798913457,'finished','still_descending',3,NULL,0.25,0.25,3,0.5,0.25,0.25,0.5,0.5,0.03,'Haswell','{"kernel": "Haswell", "threads": 1}',NULL,'2026-11-28 08:33:47.032554','2026-11-28 08:33:47.066748',NULL,-1,NULL,NULL,'2bb45bbc599135bdde7a09e77d36949afc3cbd3fad7b76bb7cc61bb1babbf079',NULL,NULL,3,'2026-11-28 08:33:47.066748');
INSERT INTO "trials" VALUES(2,1,1,1,1,1,2365392357,3339009434,'finished','still_descending',3,NULL,0.25,0.25,3,0.5,0.25,0.25,0.5,0.5,0.03,'Haswell','{"kernel": "Haswell", "threads": 1}',NULL,'2026-11-28 08:33:47.032554','2026-11-28 08:33:47.066748',NULL,-1,NULL,NULL,'6a68c594481ba60b78e3aa22c31b2acc7e660ab982bfc53d4fa3ec2d2e4e7409',NULL,NULL,3,'2026-11-28 08:33:47.066748');
INSERT INTO "trials" VALUES(3,1,2,2,2,0,1658792025,798913457,'finished','still_descending',3,NULL,0.25,0.25,3,0.5,0.25,0.25,0.5,0.5,0.03,'Haswell','{"kernel": "Haswell", "threads": 1}',NULL,'2026-11-28 08:33:47.098686','2026-11-28 08:33:47.118336',NULL,-1,NULL,NULL,'157df6c7324fdc5d3ffa94a62a11dad1d982de8c106fc3bb6eafb18cecc21408',NULL,NULL,3,'2026-11-28 08:33:47.118336');
INSERT INTO "trials" VALUES(4,1,2,2,3,1,2365392357,3339009434,'finished','still_descending',3,NULL,0.25,0.25,3,0.5,0.25,0.25,0.5,0.5,0.03,'Haswell','{"kernel": "Haswell", "threads": 1}',NULL,'2026-11-28 08:33:47.098686','2026-11-28 08:33:47.118336',NULL,-1,NULL,NULL,'0fd6863d4c1bee7425094f8e5d03aaecac6239f8d187603e6dc84b2914021ae6',NULL,NULL,3,'2026-11-28 08:33:47.118336');
CREATE INDEX ix_sweeps_created_at ON sweeps (created_at);
CREATE INDEX ix_sweeps_project ON sweeps (project);
CREATE INDEX ix_sweeps_state ON sweeps (state);
CREATE INDEX ix_jobs_state_lease_expires_at ON jobs (state, lease_expires_at);
CREATE INDEX ix_trials_configuration_id ON trials (configuration_id);
CREATE INDEX ix_trials_job_id ON trials (job_id);
CREATE INDEX ix_trials_digest ON trials (digest);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE INDEX ix_sweeps_unsent ON sweeps (id) WHERE tracking_error IS NULL AND (tracked_state IS NULL OR tracked_state != state OR tracked_state NOT IN ('cancelled', 'failed', 'finished', 'pruned'));
CREATE INDEX ix_sweeps_artifacts_unsent ON sweeps (mlflow_experiment_id, id) WHERE tracking_error IS NULL AND mlflow_run_id IS NOT NULL AND finished_at IS NOT NULL AND state IN ('cancelled', 'failed', 'finished', 'pruned') AND tracked_state = state AND (tracked_artifacts IS NULL OR tracked_artifacts != finished_at);
CREATE INDEX ix_sweeps_sent ON sweeps (id) WHERE tracking_error IS NULL AND mlflow_run_id IS NOT NULL;
CREATE INDEX ix_sweeps_in_doubt ON sweeps (id) WHERE tracking_doubt;
CREATE INDEX ix_trials_unsent ON trials (sweep_id, tracked_epoch, id) WHERE tracking_error IS NULL AND (started_at IS NOT NULL OR epochs_recorded >= 0) AND (tracked_epoch < epochs_recorded OR tracked_state IS NULL OR tracked_state != state);
CREATE VIEW sweep_progress AS SELECT s.id AS sweep_id, s.name, s.project, s.method, s.state, s.created_at, s.started_at, s.finished_at,
       count(t.id) AS trials,
       sum(CASE WHEN t.state = 'queued' THEN 1 ELSE 0 END) AS trials_queued, sum(CASE WHEN t.state = 'running' THEN 1 ELSE 0 END) AS trials_running, sum(CASE WHEN t.state = 'finished' THEN 1 ELSE 0 END) AS trials_finished, sum(CASE WHEN t.state = 'pruned' THEN 1 ELSE 0 END) AS trials_pruned, sum(CASE WHEN t.state = 'failed' THEN 1 ELSE 0 END) AS trials_failed, sum(CASE WHEN t.state = 'cancelled' THEN 1 ELSE 0 END) AS trials_cancelled,
       count(t.completed_epochs) AS with_result,
       sum(CASE WHEN t.outcome = 'diverged' THEN 1 ELSE 0 END) AS diverged,
       sum(CASE WHEN t.epochs_recorded > 0 THEN t.epochs_recorded ELSE 0 END) AS epochs_recorded,
       coalesce(sum(c.epochs), 0) AS epochs_planned,
       min(CASE WHEN NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.best_validation_cost END) AS best_validation_cost,
       sum(t.seconds) AS seconds
FROM sweeps s
LEFT JOIN trials t ON t.sweep_id = s.id
LEFT JOIN configurations c ON c.id = t.configuration_id
GROUP BY s.id;
CREATE VIEW sweep_leaderboard AS SELECT CASE WHEN t.judged_value IS NULL AND t.diverged = 0 THEN NULL ELSE
         rank() OVER (
           PARTITION BY s.id, c.dataset,
                        CASE WHEN t.judged_by IN ('best_validation_cost', 'best_train_cost') THEN c.cost END
           ORDER BY CASE WHEN t.judged_value IS NULL THEN 2 - t.diverged ELSE 0 END,
                    CASE WHEN t.judged_by = 'best_validation_accuracy' THEN -t.judged_value ELSE t.judged_value END
         )
       END AS place,
       t.judged_by, t.judged_value,
       s.id AS sweep_id, s.name AS sweep_name, s.project, t.id AS trial_id, t.number AS trial_number,
       c.number AS configuration_number, t.replicate,
       t.state, t.completed_epochs, t.outcome, t.outcome_epoch, t.epochs_recorded, t.diverged_epoch, t.best_validation_cost, t.best_epoch, t.final_validation_cost, t.best_train_cost, t.final_train_cost, t.best_validation_accuracy, t.final_validation_accuracy, t.seconds,
       c.dataset, c.layers, c.activation, c.activation_slope, c.output_activation, c.cost, c.initialization, c.initialization_scale, c.initial_bias, c.optimizer, c.learning_rate, c.momentum, c.beta1, c.beta2, c.epsilon, c.schedule, c.schedule_epochs, c.schedule_factor, c.schedule_floor, c.schedule_warmup, c.batch_size, c.epochs, c.l2, c.dropout, c.clip_norm, c.scaling, c.precision, c.cost_recording
FROM (
  SELECT r.*,
         CASE w.metric_name
           WHEN 'train_cost' THEN 'best_train_cost'
           WHEN 'validation_accuracy' THEN 'best_validation_accuracy'
           WHEN 'epoch_seconds' THEN 'seconds'
           ELSE 'best_validation_cost'
         END AS judged_by,
         CASE WHEN (r.diverged_epoch IS NOT NULL OR coalesce(r.outcome, '') = 'diverged') THEN NULL ELSE
           CASE w.metric_name
             WHEN 'train_cost' THEN r.best_train_cost
             WHEN 'validation_accuracy' THEN r.best_validation_accuracy
             WHEN 'epoch_seconds' THEN r.seconds
             ELSE r.best_validation_cost
           END
         END AS judged_value,
         CASE WHEN (r.diverged_epoch IS NOT NULL OR coalesce(r.outcome, '') = 'diverged') THEN 1 ELSE 0 END AS diverged
  FROM trials r
  JOIN sweeps w ON w.id = r.sweep_id
) t
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id;
CREATE VIEW trial_summary AS SELECT s.id AS sweep_id, s.name AS sweep_name, s.project, t.id AS trial_id, t.number AS trial_number,
       c.number AS configuration_number, t.replicate,
       c.id AS configuration_id, c.parameter_count,
       t.init_seed, t.data_seed, t.digest, t.reused_from, t.state, t.completed_epochs, t.completed_at, t.outcome, t.outcome_epoch, t.epochs_recorded, t.diverged_epoch, t.best_train_cost, t.best_validation_cost, t.best_epoch, t.best_validation_accuracy, t.final_train_cost, t.final_validation_cost, t.final_train_accuracy, t.final_validation_accuracy, t.seconds, t.blas_kernel, t.error, t.started_at, t.finished_at,
       e.updates,
       c.dataset, c.layers, c.activation, c.activation_slope, c.output_activation, c.cost, c.initialization, c.initialization_scale, c.initial_bias, c.optimizer, c.learning_rate, c.momentum, c.beta1, c.beta2, c.epsilon, c.schedule, c.schedule_epochs, c.schedule_factor, c.schedule_floor, c.schedule_warmup, c.batch_size, c.epochs, c.l2, c.dropout, c.clip_norm, c.scaling, c.precision, c.cost_recording
FROM trials t
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id
LEFT JOIN epochs e ON e.trial_id = t.id AND e.epoch = coalesce(t.completed_epochs, t.epochs_recorded);
CREATE VIEW configuration_summary AS WITH totals AS (
  SELECT x.sweep_id, x.configuration_id, x.best_place AS place,
         count(*) OVER (PARTITION BY x.sweep_id, x.configuration_id) AS trials,
         sum(x.ended) OVER (PARTITION BY x.sweep_id, x.configuration_id) AS ended, sum(x.diverged) OVER (PARTITION BY x.sweep_id, x.configuration_id) AS diverged, sum(x.stuck) OVER (PARTITION BY x.sweep_id, x.configuration_id) AS stuck, sum(x.seconds) OVER (PARTITION BY x.sweep_id, x.configuration_id) AS seconds,
         CASE WHEN count(CASE WHEN x.has_result = 1 AND 2 * x.best_place BETWEEN x.among AND x.among + 2 THEN x.best END) OVER (PARTITION BY x.sweep_id, x.configuration_id) = sum(CASE WHEN x.has_result = 1 AND 2 * x.best_place BETWEEN x.among AND x.among + 2 THEN 1 ELSE 0 END) OVER (PARTITION BY x.sweep_id, x.configuration_id) THEN avg(CASE WHEN x.has_result = 1 AND 2 * x.best_place BETWEEN x.among AND x.among + 2 THEN x.best END) OVER (PARTITION BY x.sweep_id, x.configuration_id) END AS best_median,
         CASE WHEN count(x.best) OVER (PARTITION BY x.sweep_id, x.configuration_id) = x.among THEN avg(x.best) OVER (PARTITION BY x.sweep_id, x.configuration_id) END AS best_mean,
         min(x.best) OVER (PARTITION BY x.sweep_id, x.configuration_id) AS best_min,
         CASE WHEN count(x.best) OVER (PARTITION BY x.sweep_id, x.configuration_id) = x.among THEN max(x.best) OVER (PARTITION BY x.sweep_id, x.configuration_id) END AS best_max,
         CASE WHEN count(CASE WHEN x.has_result = 1 AND 2 * x.final_place BETWEEN x.among AND x.among + 2 THEN x.final END) OVER (PARTITION BY x.sweep_id, x.configuration_id) = sum(CASE WHEN x.has_result = 1 AND 2 * x.final_place BETWEEN x.among AND x.among + 2 THEN 1 ELSE 0 END) OVER (PARTITION BY x.sweep_id, x.configuration_id) THEN avg(CASE WHEN x.has_result = 1 AND 2 * x.final_place BETWEEN x.among AND x.among + 2 THEN x.final END) OVER (PARTITION BY x.sweep_id, x.configuration_id) END AS final_median,
         CASE WHEN count(x.final) OVER (PARTITION BY x.sweep_id, x.configuration_id) = x.among THEN avg(x.final) OVER (PARTITION BY x.sweep_id, x.configuration_id) END AS final_mean,
         min(x.final) OVER (PARTITION BY x.sweep_id, x.configuration_id) AS final_min,
         CASE WHEN count(x.final) OVER (PARTITION BY x.sweep_id, x.configuration_id) = x.among THEN max(x.final) OVER (PARTITION BY x.sweep_id, x.configuration_id) END AS final_max,
         CASE WHEN count(x.accuracy) OVER (PARTITION BY x.sweep_id, x.configuration_id) = x.among THEN avg(x.accuracy) OVER (PARTITION BY x.sweep_id, x.configuration_id) END AS accuracy_mean
  FROM (
    SELECT t.sweep_id, t.configuration_id, t.seconds,
           CASE WHEN t.completed_epochs IS NOT NULL THEN 1 ELSE 0 END AS has_result,
           CASE WHEN t.state IN ('finished', 'pruned', 'failed', 'cancelled') OR t.completed_epochs IS NOT NULL THEN 1 ELSE 0 END AS ended,
           CASE WHEN t.outcome = 'diverged' THEN 1 ELSE 0 END AS diverged,
           CASE WHEN t.outcome = 'stuck' THEN 1 ELSE 0 END AS stuck,
           CASE WHEN t.completed_epochs IS NOT NULL AND NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.best_validation_cost END AS best, CASE WHEN t.completed_epochs IS NOT NULL AND NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.final_validation_cost END AS final,
           CASE WHEN t.completed_epochs IS NOT NULL AND NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.final_validation_accuracy END AS accuracy,
           row_number() OVER (PARTITION BY t.sweep_id, t.configuration_id ORDER BY CASE WHEN t.completed_epochs IS NOT NULL THEN CASE WHEN CASE WHEN t.completed_epochs IS NOT NULL AND NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.best_validation_cost END IS NULL THEN 1 ELSE 0 END ELSE 2 END, CASE WHEN t.completed_epochs IS NOT NULL AND NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.best_validation_cost END) AS best_place, row_number() OVER (PARTITION BY t.sweep_id, t.configuration_id ORDER BY CASE WHEN t.completed_epochs IS NOT NULL THEN CASE WHEN CASE WHEN t.completed_epochs IS NOT NULL AND NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.final_validation_cost END IS NULL THEN 1 ELSE 0 END ELSE 2 END, CASE WHEN t.completed_epochs IS NOT NULL AND NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.final_validation_cost END) AS final_place,
           sum(CASE WHEN t.completed_epochs IS NOT NULL THEN 1 ELSE 0 END) OVER (PARTITION BY t.sweep_id, t.configuration_id) AS among
    FROM trials t
  ) x
)
SELECT n.sweep_id, s.name AS sweep_name, s.project,
       c.id AS configuration_id, c.number AS configuration_number, c.parameter_count,
       n.trials, n.ended, n.diverged, n.stuck,
       n.best_median AS best_validation_cost_median, n.best_mean AS best_validation_cost_mean, n.best_min AS best_validation_cost_min, n.best_max AS best_validation_cost_max, n.final_median AS final_validation_cost_median, n.final_mean AS final_validation_cost_mean, n.final_min AS final_validation_cost_min, n.final_max AS final_validation_cost_max,
       n.accuracy_mean AS final_validation_accuracy_mean, n.seconds,
       c.dataset, c.layers, c.activation, c.activation_slope, c.output_activation, c.cost, c.initialization, c.initialization_scale, c.initial_bias, c.optimizer, c.learning_rate, c.momentum, c.beta1, c.beta2, c.epsilon, c.schedule, c.schedule_epochs, c.schedule_factor, c.schedule_floor, c.schedule_warmup, c.batch_size, c.epochs, c.l2, c.dropout, c.clip_norm, c.scaling, c.precision, c.cost_recording
FROM configurations c
JOIN sweeps s ON s.id = c.sweep_id
JOIN totals n ON n.sweep_id = s.id AND n.configuration_id = c.id
WHERE n.place = 1;
CREATE VIEW paired_differences AS SELECT a.sweep_id, s.name AS sweep_name,
       a.number AS configuration_a, b.number AS configuration_b, a.replicate,
       a.id AS trial_a, b.id AS trial_b, a.value AS cost_a, b.value AS cost_b,
       a.value - b.value AS difference,
       CASE WHEN b.value <> 0 THEN a.value / b.value END AS ratio,
       CASE
         WHEN a.value IS NULL AND b.value IS NULL THEN 'equal'
         WHEN b.value IS NULL THEN 'a'
         WHEN a.value IS NULL THEN 'b'
         WHEN a.value < b.value THEN 'a'
         WHEN a.value > b.value THEN 'b'
         ELSE 'equal'
       END AS better
FROM (
  SELECT t.id, t.sweep_id, t.replicate, c.number, c.dataset, c.cost,
         CASE WHEN NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.best_validation_cost END AS value
  FROM trials t
  JOIN configurations c ON c.id = t.configuration_id AND c.sweep_id = t.sweep_id
  WHERE t.completed_epochs IS NOT NULL
) a
JOIN (
  SELECT t.id, t.sweep_id, t.replicate, c.number, c.dataset, c.cost,
         CASE WHEN NOT (t.diverged_epoch IS NOT NULL OR coalesce(t.outcome, '') = 'diverged') THEN t.best_validation_cost END AS value
  FROM trials t
  JOIN configurations c ON c.id = t.configuration_id AND c.sweep_id = t.sweep_id
  WHERE t.completed_epochs IS NOT NULL
) b ON b.sweep_id = a.sweep_id AND b.replicate = a.replicate AND b.number > a.number
            AND b.dataset = a.dataset AND b.cost = a.cost
JOIN sweeps s ON s.id = a.sweep_id;
CREATE VIEW cost_curve AS SELECT s.id AS sweep_id, s.name AS sweep_name, s.project, t.id AS trial_id, t.number AS trial_number,
       c.number AS configuration_number, t.replicate,
       t.state, t.completed_epochs, t.outcome,
       e.epoch, e.updates, e.train_cost, e.validation_cost, e.train_accuracy, e.validation_accuracy, e.gradient_norm, e.epoch_seconds, e.recorded_at,
       c.dataset, c.layers, c.activation, c.activation_slope, c.output_activation, c.cost, c.initialization, c.initialization_scale, c.initial_bias, c.optimizer, c.learning_rate, c.momentum, c.beta1, c.beta2, c.epsilon, c.schedule, c.schedule_epochs, c.schedule_factor, c.schedule_floor, c.schedule_warmup, c.batch_size, c.epochs, c.l2, c.dropout, c.clip_norm, c.scaling, c.precision, c.cost_recording
FROM epochs e
JOIN trials t ON t.id = e.trial_id
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id;
CREATE VIEW layer_health AS SELECT s.id AS sweep_id, s.name AS sweep_name, s.project, t.id AS trial_id, t.number AS trial_number,
       c.number AS configuration_number, t.replicate,
       t.state, t.completed_epochs, t.outcome,
       h.epoch, h.layer, h.gradient_norm, h.weight_norm, h.update_ratio, h.activation_mean, h.activation_deviation, h.saturated_share, h.dead_share,
       (SELECT max(o.layer) FROM layer_epochs o WHERE o.trial_id = h.trial_id AND o.epoch = h.epoch) AS weight_layers,
       c.dataset, c.layers, c.activation, c.activation_slope, c.output_activation, c.cost, c.initialization, c.initialization_scale, c.initial_bias, c.optimizer, c.learning_rate, c.momentum, c.beta1, c.beta2, c.epsilon, c.schedule, c.schedule_epochs, c.schedule_factor, c.schedule_floor, c.schedule_warmup, c.batch_size, c.epochs, c.l2, c.dropout, c.clip_norm, c.scaling, c.precision, c.cost_recording
FROM layer_epochs h
JOIN trials t ON t.id = h.trial_id
JOIN configurations c ON c.id = t.configuration_id
JOIN sweeps s ON s.id = t.sweep_id;
COMMIT;
