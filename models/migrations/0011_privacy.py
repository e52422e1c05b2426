from tortoise import migrations
from tortoise.migrations import operations as ops
from core.personal import CorrectionItem
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0010_report_paper')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Correction',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='corrections', on_delete=OnDelete.RESTRICT)),
                ('item', fields.CharEnumField(description='NAME: name\nCITY: city\nSTAGE: stage\nUNIT: unit\nMENTOR: mentor\nOTHER: other', enum_type=CorrectionItem, max_length=12)),
                ('right_sealed', fields.BinaryField()),
                ('asked_at', MomentField(auto_now=False, auto_now_add=False)),
                ('decided_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by_id', fields.IntField(null=True)),
                ('is_accepted', fields.BooleanField(null=True)),
            ],
            options={'table': 'correction', 'app': 'models', 'indexes': [Index(fields=['person', 'decided_at']), Index(fields=['decided_at', 'asked_at'])], 'pk_attr': 'id', 'table_description': 'Something a person says is written down wrongly (更正). What is right is sealed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DataExport',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='data_exports', on_delete=OnDelete.RESTRICT)),
                ('blob_id', fields.CharField(max_length=64)),
                ('made_at', MomentField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'data_export', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A copy of everything that was made for a person to fetch; it is removed soon after.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DoomedFile',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('blob_id', fields.CharField(unique=True, max_length=64)),
                ('doomed_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'doomed_file', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A file that no row refers to any more and that is to be removed: noted before, gone after.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Rebinding',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='rebindings', on_delete=OnDelete.RESTRICT)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='rebindings', on_delete=OnDelete.CASCADE)),
                ('invitation_id', fields.IntField()),
                ('asked_at', MomentField(auto_now=False, auto_now_add=False)),
                ('raised_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by_id', fields.IntField(null=True)),
                ('is_accepted', fields.BooleanField(null=True)),
            ],
            options={'table': 'rebinding', 'app': 'models', 'indexes': [Index(fields=['person', 'decided_at']), Index(fields=['decided_at', 'asked_at'])], 'pk_attr': 'id', 'table_description': 'A new account that wants to stand for a person who has another one (换手机).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Person',
            name='erased_on',
            field=fields.DateField(null=True),
        ),
    ]
