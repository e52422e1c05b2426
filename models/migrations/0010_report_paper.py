from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from models.enums import ExportKind, StandInState
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0009_report_fingerprints')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReportExport',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('asked_by', fields.ForeignKeyField('models.Person', source_field='asked_by_id', db_constraint=True, to_field='id', related_name='report_exports', on_delete=OnDelete.RESTRICT)),
                ('account_id', fields.IntField()),
                ('kind', fields.CharEnumField(description='PERSON: person\nCYCLE: cycle\nLEDGER: ledger', enum_type=ExportKind, max_length=8)),
                ('about_id', fields.IntField(null=True)),
                ('quarter', fields.CharField(null=True, max_length=6)),
                ('as_archive', fields.BooleanField(default=False, db_default=False)),
                ('source_key', fields.CharField(unique=True, max_length=80)),
                ('confirmed_at', MomentField(auto_now=False, auto_now_add=False)),
                ('tries', fields.SmallIntField(default=0, db_default=0)),
                ('made_at', MomentField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
                ('blobs', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('cleared_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_export', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A file that somebody confirmed to want: owed from then on, made once, removed after it left.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReportOriginal',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='report_originals', on_delete=OnDelete.RESTRICT)),
                ('quarter', fields.CharField(max_length=6)),
                ('received_on', fields.DateField()),
                ('received_by', fields.ForeignKeyField('models.Person', source_field='received_by_id', db_constraint=True, to_field='id', related_name='originals_received', on_delete=OnDelete.RESTRICT)),
                ('standing_key', fields.CharField(null=True, unique=True, max_length=32)),
                ('source_key', fields.CharField(max_length=80)),
                ('entered_at', MomentField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'report_original', 'app': 'models', 'unique_together': (('source_key', 'quarter'),), 'indexes': [Index(fields=['person', 'quarter']), Index(fields=['received_by', 'entered_at'])], 'pk_attr': 'id', 'table_description': "The signed original of a person's report for a quarter (``2026Q4``), received on paper."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StandIn',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('mentor', fields.ForeignKeyField('models.Person', source_field='mentor_id', db_constraint=True, to_field='id', related_name='stood_in_for', on_delete=OnDelete.RESTRICT)),
                ('deputy', fields.ForeignKeyField('models.Person', source_field='deputy_id', db_constraint=True, to_field='id', related_name='stands_in', on_delete=OnDelete.RESTRICT)),
                ('from_on', fields.DateField()),
                ('until_on', fields.DateField()),
                ('state', fields.CharEnumField(description='ASKED: asked\nAGREED: agreed\nDECLINED: declined\nENDED: ended', enum_type=StandInState, max_length=12)),
                ('source_key', fields.CharField(unique=True, max_length=80)),
                ('asked_at', MomentField(auto_now=False, auto_now_add=False)),
                ('answered_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stand_in', 'app': 'models', 'indexes': [Index(fields=['deputy', 'state', 'until_on']), Index(fields=['mentor', 'state'])], 'pk_attr': 'id', 'table_description': "Somebody who does a mentor's work from a day to a day (代班), once he said yes."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ReportReview',
            name='for_mentor_id',
            field=fields.IntField(null=True),
        ),
    ]
