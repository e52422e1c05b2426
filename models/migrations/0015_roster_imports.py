from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0014_mentor_pairs')]

    initial = False

    operations = [
        ops.CreateModel(
            name='RosterImport',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('asked_by', fields.ForeignKeyField('models.Person', source_field='asked_by_id', null=True, db_constraint=True, to_field='id', related_name='roster_imports', on_delete=OnDelete.RESTRICT)),
                ('account_id', fields.IntField(null=True)),
                ('source_key', fields.CharField(unique=True, max_length=80)),
                ('received_at', MomentField(db_index=True, auto_now=False, auto_now_add=False)),
                ('table_blob', fields.CharField(null=True, max_length=64)),
                ('columns', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('confirmed_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('tries', fields.SmallIntField(default=0, db_default=0)),
                ('applied_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('counts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('made', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('before_sealed', fields.BinaryField(null=True)),
                ('codes', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('undone_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('dropped_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'roster_import', 'app': 'models', 'indexes': [Index(fields=['asked_by', 'received_at'])], 'pk_attr': 'id', 'table_description': 'A table somebody brought in: looked at, confirmed, written once, perhaps undone.'},
            bases=['Model'],
        ),
    ]
